import { MAX_ATOM_LENGTH } from "../limits.ts";
import { atom } from "../make.ts";
import type { AtomTerm } from "../term.ts";
import { decodeUtf8 } from "../utf8.ts";
import type { ByteReader } from "./reader.ts";

const SLOTS = 2048;

/** Atoms seen lately, by a hash of their bytes: a hit makes no string. It holds ASCII names alone. */
const recent = new Array<AtomTerm | undefined>(SLOTS);

/** Reads an atom of `length` latin1 bytes. */
export function readLatin1Atom(reader: ByteReader, length: number): AtomTerm {
  if (length > MAX_ATOM_LENGTH) throw tooLong(reader);
  const start = reader.take(length);
  return readAsciiAtom(reader, start, length) ?? atom(reader.latin1(start, length));
}

/** Reads an atom of `length` bytes of UTF-8. */
export function readUtf8Atom(reader: ByteReader, length: number): AtomTerm {
  if (length > MAX_ATOM_LENGTH * 4) throw tooLong(reader);
  const start = reader.take(length);
  const known = length > MAX_ATOM_LENGTH ? undefined : readAsciiAtom(reader, start, length);
  if (known !== undefined) return known;
  const name = decodeUtf8(reader.bytes.subarray(start, start + length));
  if (name === undefined) throw reader.malformed("an atom is not UTF-8", start);
  if (name.length > MAX_ATOM_LENGTH && [...name].length > MAX_ATOM_LENGTH) throw tooLong(reader, start);
  return atom(name);
}

function readAsciiAtom(reader: ByteReader, start: number, length: number): AtomTerm | undefined {
  const { bytes } = reader;
  const slot = slotOf(bytes, start, length);
  const candidate = recent[slot];
  if (candidate !== undefined && hasName(candidate.name, bytes, start, length)) return candidate;
  for (let i = start; i < start + length; i++) if ((bytes[i] as number) > 0x7f) return undefined;
  const made = atom(reader.latin1(start, length));
  recent[slot] = made;
  return made;
}

/** Four bytes and the length tell most names apart. */
function slotOf(bytes: Uint8Array, start: number, length: number): number {
  if (length === 0) return 0;
  const first = bytes[start] as number;
  const middle = bytes[start + (length >> 1)] as number;
  const last = bytes[start + length - 1] as number;
  const beforeLast = bytes[start + Math.max(0, length - 2)] as number;
  const hash =
    Math.imul(first | (middle << 8) | (beforeLast << 16) | (last << 24), 0x9e37_79b1) + Math.imul(length, 0x85eb_ca6b);
  return (hash >>> 17) & (SLOTS - 1);
}

function hasName(name: string, bytes: Uint8Array, start: number, length: number): boolean {
  if (name.length !== length) return false;
  for (let i = 0; i < length; i++) {
    if (name.charCodeAt(i) !== bytes[start + i]) return false;
  }
  return true;
}

function tooLong(reader: ByteReader, offset = reader.position): Error {
  return reader.malformed(`an atom is longer than ${MAX_ATOM_LENGTH} characters`, offset);
}
