import { EnitError } from "../../error/index.ts";
import type { ByteReader } from "./reader.ts";

/**
 * Reads what follows tag 80, the inflated length and a zlib stream, and returns the inflated bytes.
 *
 * The declared length is checked before anything is inflated, and inflating stops at it.
 */
export function inflateTerm(reader: ByteReader, maxBytes: number): Uint8Array {
  const offset = reader.position;
  const length = reader.u32();
  if (length > maxBytes) throw tooLarge(length, maxBytes);
  const stream = reader.bytes.subarray(reader.position, reader.end);
  const inflated = inflate(stream, length);
  if (inflated === undefined || inflated.buffer.length !== length) {
    throw reader.malformed(`the compressed bytes do not inflate to the ${length} bytes declared`, offset);
  }
  reader.position += inflated.engine.bytesWritten;
  return inflated.buffer;
}

/** Compresses a term's bytes as zlib does at `level`, 1 to 9. */
export function deflateTerm(bytes: Uint8Array, level: number): Uint8Array {
  return zlib().deflateSync(bytes, { level });
}

interface Inflated {
  readonly buffer: Uint8Array;
  readonly engine: { readonly bytesWritten: number };
}

function inflate(stream: Uint8Array, length: number): Inflated | undefined {
  try {
    // zlib wants room for at least one byte.
    const result: unknown = zlib().inflateSync(stream, { maxOutputLength: Math.max(1, length), info: true });
    return result as Inflated;
  } catch (error) {
    if (error instanceof Error && "code" in error) return undefined;
    throw error;
  }
}

/** Compressed terms are rare: zlib is loaded for the first one. */
function zlib(): typeof import("node:zlib") {
  return process.getBuiltinModule("node:zlib");
}

function tooLarge(length: number, maxBytes: number): EnitError {
  return new EnitError("term_limit", `cannot decode term: it inflates to ${length} bytes, more than ${maxBytes}`, {
    kind: "input",
    hint: "Raise maxBytes if the term is to be trusted.",
    data: { limit: "bytes", length, maxBytes },
  });
}
