import type { PidTerm, PortTerm, ReferenceTerm } from "../term.ts";
import { readLatin1Atom, readUtf8Atom } from "./atom-names.ts";
import type { ByteReader } from "./reader.ts";
import { MAX_REFERENCE_WORDS, TAG } from "./tags.ts";

/** Reads an atom of any form where nothing else may stand, and returns its name. */
export function readAtomName(reader: ByteReader): string {
  const offset = reader.position;
  switch (reader.u8()) {
    case TAG.SMALL_ATOM_UTF8:
      return readUtf8Atom(reader, reader.u8()).name;
    case TAG.ATOM_UTF8:
      return readUtf8Atom(reader, reader.u16()).name;
    case TAG.ATOM:
      return readLatin1Atom(reader, reader.u16()).name;
    case TAG.SMALL_ATOM:
      return readLatin1Atom(reader, reader.u8()).name;
    default:
      throw reader.malformed("an atom is missing", offset);
  }
}

/** Reads a pid; the creation took one byte (tag 103) before OTP 19 and takes four now (tag 88). */
export function readPid(reader: ByteReader, tag: number): PidTerm {
  const node = readAtomName(reader);
  const id = reader.u32();
  const serial = reader.u32();
  const creation = tag === TAG.NEW_PID ? reader.u32() : reader.u8();
  return { kind: "pid", node, id, serial, creation };
}

/** Reads a port; its number took four bytes (tags 102 and 89) before OTP 24 and takes eight now (tag 120). */
export function readPort(reader: ByteReader, tag: number): PortTerm {
  const node = readAtomName(reader);
  const id = tag === TAG.V4_PORT ? reader.u64() : BigInt(reader.u32());
  const creation = tag === TAG.PORT ? reader.u8() : reader.u32();
  return { kind: "port", node, id, creation };
}

/** Reads a reference of one word (tag 101) or of as many as it says (tags 114 and 90). */
export function readReference(reader: ByteReader, tag: number): ReferenceTerm {
  const offset = reader.position;
  if (tag === TAG.REFERENCE) {
    const node = readAtomName(reader);
    const words = [reader.u32()];
    return { kind: "reference", node, words, creation: reader.u8() };
  }
  const length = reader.u16();
  if (length === 0 || length > MAX_REFERENCE_WORDS) {
    throw reader.malformed(`a reference has ${length} words, not 1 to ${MAX_REFERENCE_WORDS},`, offset);
  }
  const node = readAtomName(reader);
  const creation = tag === TAG.NEWER_REFERENCE ? reader.u32() : reader.u8();
  const words = Array.from({ length }, () => reader.u32());
  return { kind: "reference", node, words, creation };
}
