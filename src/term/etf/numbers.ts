import { EnitError } from "../../error/index.ts";
import { MAX_INTEGER_BYTES } from "../limits.ts";
import { float, integer, smallInteger } from "../make.ts";
import type { FloatTerm, IntegerTerm } from "../term.ts";
import type { ByteReader } from "./reader.ts";
import { FLOAT_TEXT_BYTES, TAG } from "./tags.ts";
import type { ByteWriter } from "./writer.ts";

/** How many bytes always make a safe number. */
const SAFE_BYTES = 6;
const WORD_BYTES = 8;
const WORD_END = 1n << 64n;

const FLOAT_TEXT = /^[+-]?\d+\.\d+(?:[eE][+-]?\d+)?$/;

/** Reads sign and magnitude (little-endian) of a big integer whose magnitude takes `length` bytes. */
export function readBigInteger(reader: ByteReader, length: number): IntegerTerm {
  const negative = reader.u8() !== 0;
  const start = reader.take(length);
  if (length <= SAFE_BYTES) {
    const value = readNumber(reader.bytes, start, length);
    // Not -0.
    return smallInteger(negative && value !== 0 ? -value : value);
  }
  const magnitude =
    length <= WORD_BYTES ? readWord(reader.bytes, start, length) : readMagnitude(reader.bytes, start, length);
  return integer(negative ? -magnitude : magnitude);
}

/** Writes a big integer of either form, with its tag. */
export function writeBigInteger(writer: ByteWriter, value: bigint): void {
  const magnitude = value < 0n ? -value : value;
  const sign = value < 0n ? 1 : 0;
  if (magnitude < WORD_END) {
    const length = lengthOfWord(Number(magnitude >> 32n));
    writer.u8(TAG.SMALL_BIG);
    writer.u8(length);
    writer.u8(sign);
    writer.u64(magnitude, true);
    writer.length -= WORD_BYTES - length;
    return;
  }
  const hex = magnitude.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex").reverse();
  if (bytes.length <= 0xff) {
    writer.u8(TAG.SMALL_BIG);
    writer.u8(bytes.length);
  } else {
    writer.u8(TAG.LARGE_BIG);
    writer.u32(bytes.length);
  }
  writer.u8(sign);
  writer.copy(bytes);
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
  const field = reader.latin1(start, FLOAT_TEXT_BYTES);
  const zero = field.indexOf("\0");
  const text = zero === -1 ? field : field.slice(0, zero);
  const value = FLOAT_TEXT.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) throw reader.malformed("a float is not written as one", start);
  return float(value);
}

function readNumber(bytes: Uint8Array, start: number, length: number): number {
  let value = 0;
  for (let i = start + length - 1; i >= start; i--) value = value * 256 + (bytes[i] as number);
  return value;
}

function readWord(bytes: Uint8Array, start: number, length: number): bigint {
  return (BigInt(readNumber(bytes, start + 4, length - 4)) << 32n) | BigInt(readNumber(bytes, start, 4));
}

/** How many bytes a magnitude of four to eight bytes takes, by its higher four. */
function lengthOfWord(high: number): number {
  if (high === 0) return 4;
  if (high < 0x100) return 5;
  if (high < 0x1_0000) return 6;
  return high < 0x100_0000 ? 7 : 8;
}

function readMagnitude(bytes: Uint8Array, start: number, length: number): bigint {
  let used = length;
  while (used > 0 && bytes[start + used - 1] === 0) used--;
  if (used > MAX_INTEGER_BYTES) {
    const state = `an integer takes ${used} bytes, more than ${MAX_INTEGER_BYTES}`;
    throw new EnitError("term_limit", `cannot decode term: ${state}`, {
      kind: "unsupported",
      data: { limit: "integer", offset: start },
    });
  }
  if (used === 0) return 0n;
  const bigEndian = Buffer.from(bytes.subarray(start, start + used)).reverse();
  return BigInt(`0x${bigEndian.toString("hex")}`);
}
