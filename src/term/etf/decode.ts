/**
 * Reads Erlang's external term format, all tags that OTP 25 to 29 define (erts, "External Term Format").
 *
 * Atom cache references (tag 82) need the atom cache of a distribution connection, which our nodes do not
 * offer, and local terms (tag 121) mean something to the node alone that wrote them: both are refused.
 */
import { EnitError } from "../../error/index.ts";
import { MAX_TERM_DEPTH, tooDeep } from "../limits.ts";
import { bitstring, list, nil, ownedBinary, smallInteger } from "../make.ts";
import { hasDuplicateKey } from "../order.ts";
import type { BitstringTerm, ExportTerm, FunTerm, ListTerm, MapTerm, Term, TupleTerm } from "../term.ts";
import { readLatin1Atom, readUtf8Atom } from "./atom-names.ts";
import { inflateTerm } from "./compressed.ts";
import { readAtomName, readPid, readPort, readReference } from "./identifiers.ts";
import { readBigInteger, readFloat, readFloatText } from "./numbers.ts";
import { ByteReader } from "./reader.ts";
import { TAG } from "./tags.ts";

export interface DecodeOptions {
  /** How deep the term may be nested. Default and upper bound: 2,000 (`MAX_TERM_DEPTH`). */
  readonly maxDepth?: number;
  /**
   * How many bytes a compressed term may inflate to. Default: 64 MiB. A term may take some 40 times its
   * bytes in memory.
   */
  readonly maxBytes?: number;
}

const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;
const FUN_SIZE_BYTES = 4;
const FUN_UNIQ_BYTES = 16;

/**
 * Decodes what `erlang:term_to_binary` made: version byte, term, nothing after it.
 *
 * Nothing in the result refers to `bytes`. Throws `etf_malformed` (data: `offset`) for bytes that are no term, for
 * trailing bytes, duplicate map keys and NaN; `etf_unsupported` for terms of another node's cache or of its
 * own; `term_limit` for what is deeper or larger than the options or the limits of this room allow.
 */
export function decodeTerm(bytes: Uint8Array, options: DecodeOptions = {}): Term {
  const { term, next } = decodeTermAt(bytes, 0, options);
  if (next !== bytes.length) throw new ByteReader(bytes, next).malformed("the term has ended, but bytes follow");
  return term;
}

/**
 * Decodes the term (with its version byte) at `offset`, and returns the offset after it.
 *
 * Limits and errors are those of `decodeTerm`; offsets in errors inside a compressed term count from the
 * beginning of the inflated bytes.
 */
export function decodeTermAt(
  bytes: Uint8Array,
  offset: number,
  options: DecodeOptions = {},
): { readonly term: Term; readonly next: number } {
  const levels = Math.min(options.maxDepth ?? MAX_TERM_DEPTH, MAX_TERM_DEPTH);
  const reader = new ByteReader(bytes, offset);
  if (reader.u8() !== TAG.VERSION) throw reader.malformed(`the version byte ${TAG.VERSION} is missing`, offset);
  if (bytes[reader.position] !== TAG.COMPRESSED) {
    const term = readTerm(reader, levels);
    return { term, next: reader.position };
  }
  reader.position++;
  const inflated = new ByteReader(inflateTerm(reader, options.maxBytes ?? DEFAULT_MAX_BYTES), 0);
  const term = readTerm(inflated, levels);
  if (inflated.remaining > 0) throw inflated.malformed("the term has ended, but bytes follow");
  return { term, next: reader.position };
}

function readTerm(reader: ByteReader, levels: number): Term {
  if (levels <= 0) throw tooDeep("decode");
  const tag = reader.u8();
  switch (tag) {
    case TAG.SMALL_INTEGER:
      return smallInteger(reader.u8());
    case TAG.INTEGER:
      return smallInteger(reader.i32());
    case TAG.SMALL_ATOM_UTF8:
      return readUtf8Atom(reader, reader.u8());
    case TAG.ATOM:
      return readLatin1Atom(reader, reader.u16());
    case TAG.SMALL_TUPLE:
      return readTuple(reader, reader.u8(), levels);
    case TAG.LARGE_TUPLE:
      return readTuple(reader, reader.count(1), levels);
    case TAG.LIST:
      return readList(reader, levels);
    case TAG.NIL:
      return nil;
    case TAG.STRING:
      return readString(reader);
    case TAG.BINARY:
      return ownedBinary(reader.copy(reader.u32()));
    case TAG.MAP:
      return readMap(reader, levels);
    case TAG.NEW_FLOAT:
      return readFloat(reader);
    default:
      return readRareTerm(reader, tag, levels);
  }
}

function readRareTerm(reader: ByteReader, tag: number, levels: number): Term {
  switch (tag) {
    case TAG.SMALL_BIG:
      return readBigInteger(reader, reader.u8());
    case TAG.LARGE_BIG:
      return readBigInteger(reader, reader.count(1));
    case TAG.ATOM_UTF8:
      return readUtf8Atom(reader, reader.u16());
    case TAG.SMALL_ATOM:
      return readLatin1Atom(reader, reader.u8());
    case TAG.FLOAT:
      return readFloatText(reader);
    case TAG.BIT_BINARY:
      return readBitstring(reader);
    case TAG.PID:
    case TAG.NEW_PID:
      return readPid(reader, tag);
    case TAG.PORT:
    case TAG.NEW_PORT:
    case TAG.V4_PORT:
      return readPort(reader, tag);
    case TAG.REFERENCE:
    case TAG.NEW_REFERENCE:
    case TAG.NEWER_REFERENCE:
      return readReference(reader, tag);
    case TAG.EXPORT:
      return readExport(reader);
    case TAG.NEW_FUN:
      return readFun(reader, levels);
    case TAG.FUN:
      return readOldFun(reader, levels);
    case TAG.ATOM_CACHE_REF:
      throw unsupported("it refers to the atom cache of a connection", reader.position - 1);
    case TAG.LOCAL:
      throw unsupported("it is local to the node that wrote it", reader.position - 1);
    default:
      throw reader.malformed(`no term begins with ${tag}`, reader.position - 1);
  }
}

function readTuple(reader: ByteReader, arity: number, levels: number): TupleTerm {
  return { kind: "tuple", elements: readTerms(reader, arity, levels - 1) };
}

function readList(reader: ByteReader, levels: number): Term {
  const elements = readTerms(reader, reader.count(1), levels - 1);
  if (reader.bytes[reader.position] === TAG.NIL && reader.remaining > 0) {
    reader.position++;
    return elements.length === 0 ? nil : { kind: "list", elements, tail: undefined };
  }
  const tail = readTerm(reader, levels - 1);
  // Erlang reads a list of no elements as its tail.
  return elements.length === 0 ? tail : list(elements, tail);
}

function readString(reader: ByteReader): ListTerm {
  const length = reader.u16();
  const start = reader.take(length);
  if (length === 0) return nil;
  const elements: Term[] = [];
  for (let i = start; i < start + length; i++) elements.push(smallInteger(reader.bytes[i] as number));
  return { kind: "list", elements, tail: undefined };
}

/** The array grows with what is really there: nested lies about the length would otherwise reserve memory level by level. */
function readTerms(reader: ByteReader, count: number, levels: number): Term[] {
  const terms: Term[] = [];
  for (let i = 0; i < count; i++) terms.push(readTerm(reader, levels));
  return terms;
}

function readMap(reader: ByteReader, levels: number): MapTerm {
  const offset = reader.position - 1;
  const size = reader.count(2);
  const entries: (readonly [Term, Term])[] = [];
  for (let i = 0; i < size; i++) entries.push([readTerm(reader, levels - 1), readTerm(reader, levels - 1)]);
  if (hasDuplicateKey(entries)) throw reader.malformed("a map has a key twice", offset);
  return { kind: "map", entries };
}

function readBitstring(reader: ByteReader): BitstringTerm {
  const offset = reader.position - 1;
  const length = reader.u32();
  const lastBits = reader.u8();
  if (lastBits < 1 || lastBits > 8 || (length === 0 && lastBits !== 8)) {
    throw reader.malformed(`the last of ${length} bytes of a bitstring has ${lastBits} bits`, offset);
  }
  return bitstring(reader.copy(length), lastBits);
}

function readExport(reader: ByteReader): ExportTerm {
  const module = readAtomName(reader);
  const functionName = readAtomName(reader);
  const arity = readNumber(reader, 255);
  return { kind: "export", module, function: functionName, arity };
}

function readFun(reader: ByteReader, levels: number): FunTerm {
  // How many bytes follow, which the parts tell as well; OTP does not look at it either.
  reader.take(FUN_SIZE_BYTES);
  const arity = reader.u8();
  const uniq = reader.copy(FUN_UNIQ_BYTES);
  const index = reader.u32();
  const freeCount = reader.count(1);
  const module = readAtomName(reader);
  const oldIndex = readNumber(reader);
  const oldUniq = readNumber(reader);
  const pid = readCreator(reader);
  const free = readTerms(reader, freeCount, levels - 1);
  return { kind: "fun", module, arity, index, oldIndex, uniq, oldUniq, pid, free };
}

/** The form before R15 says neither arity nor `uniq`: an empty `uniq` marks it. */
function readOldFun(reader: ByteReader, levels: number): FunTerm {
  const freeCount = reader.count(1);
  const pid = readCreator(reader);
  const module = readAtomName(reader);
  const index = readNumber(reader);
  const oldUniq = readNumber(reader);
  const free = readTerms(reader, freeCount, levels - 1);
  return { kind: "fun", module, arity: 0, index, oldIndex: index, uniq: new Uint8Array(0), oldUniq, pid, free };
}

function readCreator(reader: ByteReader) {
  const tag = reader.u8();
  if (tag === TAG.PID || tag === TAG.NEW_PID) return readPid(reader, tag);
  throw reader.malformed("a pid is missing", reader.position - 1);
}

/** Reads an integer where only one from 0 to `max` may stand. */
function readNumber(reader: ByteReader, max = 0xffff_ffff): number {
  const offset = reader.position;
  const tag = reader.u8();
  let value = -1;
  if (tag === TAG.SMALL_INTEGER) value = reader.u8();
  else if (tag === TAG.INTEGER) value = reader.i32();
  else if (tag === TAG.SMALL_BIG) value = Number(readBigInteger(reader, reader.u8()).value);
  if (value < 0 || value > max) throw reader.malformed(`an integer from 0 to ${max} is missing`, offset);
  return value;
}

function unsupported(state: string, offset: number): EnitError {
  return new EnitError("etf_unsupported", `cannot decode term: ${state}, at byte ${offset}`, {
    kind: "unsupported",
    data: { offset },
  });
}
