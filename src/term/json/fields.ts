import { EnitError } from "../../error/index.ts";
import type { JsonObject, JsonValue } from "./value.ts";

/** Where a value stands in a document: the keys and indexes that lead to it, the last one first. */
export interface Path {
  readonly parent: Path | undefined;
  readonly key: string | number;
}

/** The error that the value at `path` is not what it should be. */
export function jsonError(path: Path | undefined, state: string): EnitError {
  const pointer = pointerOf(path);
  return new EnitError("term_json", `cannot read JSON as a term at "${pointer}": ${state}`, {
    kind: "input",
    data: { path: pointer },
  });
}

/** The value of a key as an object with exactly these keys. */
export function objectField(
  object: JsonObject,
  key: string,
  path: Path | undefined,
  keys: readonly string[],
): JsonObject {
  const value = object[key] ?? null;
  const at = { parent: path, key };
  if (typeof value !== "object" || value === null || isArray(value)) throw jsonError(at, "expected an object");
  if (Object.keys(value).toSorted().join(",") !== keys.toSorted().join(",")) {
    throw jsonError(at, `expected an object with the keys ${keys.join(", ")}`);
  }
  return value;
}

export function arrayField(object: JsonObject, key: string, path: Path | undefined): readonly JsonValue[] {
  const value = object[key] ?? null;
  if (!isArray(value)) throw jsonError({ parent: path, key }, "expected an array");
  return value;
}

/** The value of a key as text that is whole Unicode. */
export function textField(object: JsonObject, key: string, path: Path | undefined): string {
  const value = object[key] ?? null;
  if (typeof value !== "string" || !value.isWellFormed()) throw jsonError({ parent: path, key }, "expected a string");
  return value;
}

/** The value of a key as an integer from 0 to `max`. */
export function naturalField(object: JsonObject, key: string, path: Path | undefined, max = 0xffff_ffff): number {
  const value = object[key] ?? null;
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > max) {
    throw jsonError({ parent: path, key }, `expected an integer from 0 to ${max}`);
  }
  return value;
}

/** The value of a key as bytes in base64. */
export function bytesField(object: JsonObject, key: string, path: Path | undefined): Uint8Array {
  const text = textField(object, key, path);
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") !== text) throw jsonError({ parent: path, key }, "expected bytes in base64");
  return new Uint8Array(bytes);
}

export function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** The path as a JSON pointer (RFC 6901). */
function pointerOf(path: Path | undefined): string {
  let pointer = "";
  for (let at = path; at !== undefined; at = at.parent) {
    pointer = `/${String(at.key).replaceAll("~", "~0").replaceAll("/", "~1")}${pointer}`;
  }
  return pointer;
}
