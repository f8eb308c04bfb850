/**
 * Compact terms, the form of arguments in BEAM code: three bits of tag, and a number of one byte, two, or more.
 *
 * Source: `encode/2` of compiler's `beam_asm`.
 */
import type { ByteReader } from "./byte-reader.ts";
import { malformed } from "./errors.ts";

/** The tags, by the names of `beam_asm`: a number, an integer, an atom, an X or Y register, a label, a character, extended. */
export const COMPACT_TAG = { u: 0, i: 1, a: 2, x: 3, y: 4, f: 5, h: 6, z: 7 } as const;

export interface CompactTerm {
  readonly tag: number;
  /** The number, exact up to 53 bits; only an integer (`i`) can be below 0. */
  readonly value: number;
  /** The bytes of a number of two bytes and more, big-endian; of an integer in two's complement. */
  readonly bytes?: Uint8Array;
}

/** Reads a compact term; an extended one (`z`) is followed by others. */
export function readCompact(reader: ByteReader): CompactTerm {
  const first = reader.uint8();
  const tag = first & 0b111;
  const short = readShort(reader, first);
  if (short !== undefined) return { tag, value: short };
  const size = (first >> 5) + 2;
  const bytes = reader.bytes(size === LONG ? size + readMore(reader) : size);
  // An integer is a two's complement number.
  let value = tag === COMPACT_TAG.i && (bytes[0] ?? 0) > 0x7f ? -1 : 0;
  for (const byte of bytes) value = value * 256 + byte;
  return { tag, value, bytes };
}

/** This size and all above it: how much they are above it follows as a number. */
const LONG = 9;

function readMore(reader: ByteReader): number {
  const offset = reader.offset;
  const more = readShort(reader, reader.uint8());
  if (more === undefined) throw malformed("a number is too large", offset);
  return more;
}

/** A number of 4 or 11 bits. */
function readShort(reader: ByteReader, first: number): number | undefined {
  if ((first & 0b1000) === 0) return first >> 4;
  return (first & 0b10000) === 0 ? ((first >> 5) << 8) | reader.uint8() : undefined;
}
