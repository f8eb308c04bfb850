import type { EnitError } from "../../error/index.ts";

/** The document of a command that succeeded, with its line end. See docs/json.md. */
export function dataDocument(data: unknown): string {
  return `${JSON.stringify({ ok: true, data: data ?? null }, encodeSpecial)}\n`;
}

/** The document of a command that failed, with its line end. See docs/json.md. */
export function errorDocument(error: EnitError): string {
  const { code, message, hint, data } = error;
  const write = (facts: EnitError["data"]): string =>
    `${JSON.stringify({ ok: false, error: { code, message, hint: hint ?? null, data: facts } }, encodeSpecial)}\n`;
  try {
    return write(data);
  } catch {
    return write({}); // Facts of a plugin that are no JSON; the error itself must not get lost for them.
  }
}

/** JSON for what JSON does not know: exact integers, bytes, maps and sets. `this` holds the value before any `toJSON`. */
function encodeSpecial(this: unknown, key: string, value: unknown): unknown {
  if (typeof value === "bigint") {
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value.toString();
  }
  const original = isRecord(this) ? this[key] : value;
  if (original instanceof Uint8Array) return original.toBase64();
  if (value instanceof Map) return Object.fromEntries(value);
  if (value instanceof Set) return [...value];
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
