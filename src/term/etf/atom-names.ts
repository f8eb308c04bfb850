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
  const known = readAsciiAtom(reader.bytes, start, length);
  if (known !== undefined) return known;
  return atom(String.fromCharCode(...reader.bytes.subarray(start, start + length)));
}

/** Reads an atom of `length` bytes of UTF-8. */
export function readUtf8Atom(reader: ByteReader, length: number): AtomTerm {
  if (length > MAX_ATOM_LENGTH * 4) throw tooLong(reader);
  const start = reader.take(length);
  const known = length > MAX_ATOM_LENGTH ? undefined : readAsciiAtom(reader.bytes, start, length);
  if (known !== undefined) return known;
  const name = decodeUtf8(reader.bytes.subarray(start, start + length));
  if (name === undefined) throw reader.malformed("an atom is not UTF-8", start);
  if (name.length > MAX_ATOM_LENGTH && [...name].length > MAX_ATOM_LENGTH) throw tooLong(reader, start);
  return atom(name);
}

function readAsciiAtom(bytes: Uint8Array, start: number, length: number): AtomTerm | undefined {
  let hash = length;
  let all = 0;
  for (let i = start; i < start + length; i++) {
    const byte = bytes[i] as number;
    all |= byte;
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  if (all > 0x7f) return undefined;
  const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
  const candidate = recent[slot];
  if (candidate !== undefined && hasName(candidate.name, bytes, start, length)) return candidate;
  const made = atom(String.fromCharCode(...bytes.subarray(start, start + length)));
  recent[slot] = made;
  return made;
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
