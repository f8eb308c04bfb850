import { EnitError } from "../../error/index.ts";
import { MAX_INTEGER_BYTES } from "../limits.ts";
import { float, integer } from "../make.ts";
import type { FloatTerm, IntegerTerm } from "../term.ts";
import type { ByteReader } from "./reader.ts";
import { FLOAT_TEXT_BYTES } from "./tags.ts";
import type { ByteWriter } from "./writer.ts";

const FLOAT_TEXT = /^[+-]?\d+\.\d+(?:[eE][+-]?\d+)?$/;

/** Reads sign and magnitude (little-endian) of a big integer whose magnitude takes `length` bytes. */
export function readBigInteger(reader: ByteReader, length: number): IntegerTerm {
  const negative = reader.u8() !== 0;
  const start = reader.take(length);
  const magnitude = readMagnitude(reader.bytes, start, length);
  return integer(negative ? -magnitude : magnitude);
}

/** Writes the magnitude of a big integer, little-endian, in as many bytes as `magnitudeLength` says. */
export function writeMagnitude(writer: ByteWriter, magnitude: bigint): void {
  const hex = magnitude.toString(16);
  for (let end = hex.length; end > 0; end -= 2) {
    writer.u8(Number.parseInt(hex.slice(Math.max(0, end - 2), end), 16));
  }
}

/** How many bytes a magnitude takes. */
export function magnitudeLength(magnitude: bigint): number {
  return Math.ceil(magnitude.toString(16).length / 2);
}

/** Reads the eight bytes of a float. */
export function readFloat(reader: ByteReader): FloatTerm {
  const offset = reader.position;
  const value = reader.f64();
  if (!Number.isFinite(value)) throw reader.malformed("a float is not finite", offset);
  return { kind: "float", value };
}

/** Reads a float in its form before R11: `~.20e` text, filled up with zeros. */
export function readFloatText(reader: ByteReader): FloatTerm {
  const start = reader.take(FLOAT_TEXT_BYTES);
  const field = String.fromCharCode(...reader.bytes.subarray(start, start + FLOAT_TEXT_BYTES));
  const zero = field.indexOf("\0");
  const text = zero === -1 ? field : field.slice(0, zero);
  const value = FLOAT_TEXT.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) throw reader.malformed("a float is not written as one", start);
  return float(value);
}

function readMagnitude(bytes: Uint8Array, start: number, length: number): bigint {
  if (length > 8) return readLongMagnitude(bytes, start, length);
  let low = 0;
  let high = 0;
  for (let i = Math.min(length, 4) - 1; i >= 0; i--) low = low * 256 + (bytes[start + i] as number);
  for (let i = length - 1; i >= 4; i--) high = high * 256 + (bytes[start + i] as number);
  if (high < 0x20_0000) return BigInt(high * 0x1_0000_0000 + low);
  return (BigInt(high) << 32n) | BigInt(low);
}

function readLongMagnitude(bytes: Uint8Array, start: number, length: number): bigint {
  let used = length;
  while (used > 0 && bytes[start + used - 1] === 0) used--;
  if (used > MAX_INTEGER_BYTES) {
    throw new EnitError(
      "term_limit",
      `cannot decode term: an integer takes ${used} bytes, more than ${MAX_INTEGER_BYTES}`,
      {
        kind: "unsupported",
        data: { limit: "integer", offset: start },
      },
    );
  }
  if (used === 0) return 0n;
  return BigInt(
    `0x${Buffer.from(bytes.subarray(start, start + used))
      .reverse()
      .toString("hex")}`,
  );
}
