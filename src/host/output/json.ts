import type { EnitError } from "../../error/index.ts";

/** The document of a command that succeeded, with its line end. */
export function dataDocument(data: unknown): string {
  return `${JSON.stringify({ ok: true, data: data ?? null }, encodeSpecial)}\n`;
}

/** The document of a command that failed, with its line end. */
export function errorDocument(error: EnitError): string {
  const { code, message, hint, data } = error;
  return `${JSON.stringify({ ok: false, error: { code, message, hint: hint ?? null, data } }, encodeSpecial)}\n`;
}

/** JSON for what JSON does not know: exact integers, bytes, maps and sets. */
function encodeSpecial(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") {
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value.toString();
  }
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (value instanceof Map) return Object.fromEntries(value);
  if (value instanceof Set) return [...value];
  return value;
}
