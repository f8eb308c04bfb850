/** Writes Erlang's external term format (erts, "External Term Format"). */
import { MAX_TERM_DEPTH, tooDeep } from "../limits.ts";
import { numberOf } from "../make.ts";
import type { BitstringTerm, FunTerm, IntegerTerm, ListTerm, PidTerm, PortTerm, ReferenceTerm, Term } from "../term.ts";
import { deflateTerm } from "./compressed.ts";
import { writeBigInteger } from "./numbers.ts";
import { MAX_NEW_PORT_ID, MAX_STRING_LENGTH, TAG } from "./tags.ts";
import { ByteWriter } from "./writer.ts";

export interface EncodeOptions {
  /**
   * The zlib level, 1 to 9, as for `term_to_binary(T, [{compressed, Level}])`: what does not get shorter stays
   * uncompressed. The zlib of this program finds other matches than OTP's: the bytes differ, what they inflate to does not.
   * Default: 0, never compress.
   */
  readonly compressed?: number;
  /**
   * Write as OTP 25 and older do: atoms of latin1 characters with tag 100, ports of up to 28 bits with
   * tag 89. Default: false, as OTP 26 and later.
   */
  readonly latin1Atoms?: boolean;
}

/**
 * Encodes a term into the same bytes as `erlang:term_to_binary`, version byte included.
 *
 * The entries of a map are written in the order in which they stand. (OTP writes maps of up to 32 keys in the
 * order of its atom table or of the terms, larger ones in the order of its hashes.) Throws `term_limit` for a term
 * nested deeper than 2,000 levels.
 */
export function encodeTerm(term: Term, options: EncodeOptions = {}): Uint8Array {
  const encoder = new TermEncoder(options.latin1Atoms ?? false);
  encoder.writer.u8(TAG.VERSION);
  encoder.term(term, MAX_TERM_DEPTH);
  const bytes = encoder.writer.finish();
  return options.compressed ? compress(bytes, options.compressed) : bytes;
}

function compress(bytes: Uint8Array, level: number): Uint8Array {
  const term = bytes.subarray(1);
  const deflated = deflateTerm(term, level);
  if (deflated.length + 5 > term.length) return bytes;
  const writer = new ByteWriter();
  writer.u8(TAG.VERSION);
  writer.u8(TAG.COMPRESSED);
  writer.u32(term.length);
  writer.copy(deflated);
  return writer.finish();
}

class TermEncoder {
  readonly writer = new ByteWriter();
  private readonly oldForms: boolean;

  constructor(oldForms: boolean) {
    this.oldForms = oldForms;
  }

  term(term: Term, levels: number): void {
    if (levels <= 0) throw tooDeep("encode");
    switch (term.kind) {
      case "atom":
        return this.atom(term.name);
      case "integer":
        return this.integer(term);
      case "tuple":
        return this.tuple(term.elements, levels);
      case "list":
        return this.list(term, levels);
      case "bitstring":
        return this.bitstring(term);
      case "map":
        this.writer.u8(TAG.MAP);
        this.writer.u32(term.entries.length);
        for (const [key, value] of term.entries) {
          this.term(key, levels - 1);
          this.term(value, levels - 1);
        }
        return;
      case "float":
        this.writer.u8(TAG.NEW_FLOAT);
        return this.writer.f64(term.value);
      case "pid":
        return this.pid(term);
      case "port":
        return this.port(term);
      case "reference":
        return this.reference(term);
      case "export":
        this.writer.u8(TAG.EXPORT);
        this.atom(term.module);
        this.atom(term.function);
        return this.number(term.arity);
      case "fun":
        return term.uniq.length === 0 ? this.oldFun(term, levels) : this.fun(term, levels);
    }
  }

  private atom(name: string): void {
    const writer = this.writer;
    const length = name.length;
    if (!this.oldForms && length <= 0xff) {
      const start = writer.length;
      writer.u8(TAG.SMALL_ATOM_UTF8);
      writer.u8(length);
      if (writer.latin1(name) <= 0x7f) return;
      writer.length = start;
    } else if (length <= 0xff) {
      const start = writer.length;
      writer.u8(TAG.ATOM);
      writer.u16(length);
      if (writer.latin1(name) <= 0xff) return;
      writer.length = start;
    }
    this.utf8Atom(new TextEncoder().encode(name));
  }

  private utf8Atom(bytes: Uint8Array): void {
    if (bytes.length <= 0xff) {
      this.writer.u8(TAG.SMALL_ATOM_UTF8);
      this.writer.u8(bytes.length);
    } else {
      this.writer.u8(TAG.ATOM_UTF8);
      this.writer.u16(bytes.length);
    }
    this.writer.copy(bytes);
  }

  private integer(term: IntegerTerm): void {
    const number = numberOf(term);
    // Rounding cannot carry a larger integer into the range of 32 bits.
    if (number >= -0x8000_0000 && number <= 0x7fff_ffff) this.number(number);
    else writeBigInteger(this.writer, term.value);
  }

  /** Writes an integer from -2^31 to 2^32 - 1. */
  private number(value: number): void {
    if (value >= 0 && value <= 0xff) {
      this.writer.u8(TAG.SMALL_INTEGER);
      this.writer.u8(value);
    } else if (value <= 0x7fff_ffff) {
      this.writer.u8(TAG.INTEGER);
      this.writer.u32(value);
    } else {
      writeBigInteger(this.writer, BigInt(value));
    }
  }

  private tuple(elements: readonly Term[], levels: number): void {
    if (elements.length <= 0xff) {
      this.writer.u8(TAG.SMALL_TUPLE);
      this.writer.u8(elements.length);
    } else {
      this.writer.u8(TAG.LARGE_TUPLE);
      this.writer.u32(elements.length);
    }
    for (const element of elements) this.term(element, levels - 1);
  }

  private list(term: ListTerm, levels: number): void {
    const { elements, tail } = term;
    if (tail === undefined) {
      if (elements.length === 0) return this.writer.u8(TAG.NIL);
      if (this.string(elements)) return;
    }
    this.writer.u8(TAG.LIST);
    this.writer.u32(elements.length);
    for (const element of elements) this.term(element, levels - 1);
    if (tail === undefined) this.writer.u8(TAG.NIL);
    else this.term(tail, levels - 1);
  }

  /** Writes a list of bytes as a string; takes back what it wrote, and tells so, when it comes to something else. */
  private string(elements: readonly Term[]): boolean {
    const length = elements.length;
    if (length > MAX_STRING_LENGTH) return false;
    const { writer } = this;
    const start = writer.length;
    writer.u8(TAG.STRING);
    writer.u16(length);
    const at = writer.reserve(length);
    for (let i = 0; i < length; i++) {
      const element = elements[i] as Term;
      const value = element.kind === "integer" ? numberOf(element) : -1;
      if (!(value >= 0 && value <= 0xff)) {
        writer.length = start;
        return false;
      }
      writer.putU8(at + i, value);
    }
    return true;
  }

  private bitstring({ bytes, lastBits }: BitstringTerm): void {
    this.writer.u8(lastBits === 8 ? TAG.BINARY : TAG.BIT_BINARY);
    this.writer.u32(bytes.length);
    if (lastBits !== 8) this.writer.u8(lastBits);
    this.writer.copy(bytes);
  }

  private pid(term: PidTerm): void {
    this.writer.u8(TAG.NEW_PID);
    this.atom(term.node);
    this.writer.u32(term.id);
    this.writer.u32(term.serial);
    this.writer.u32(term.creation);
  }

  private port(term: PortTerm): void {
    const old = this.oldForms && term.id <= MAX_NEW_PORT_ID;
    this.writer.u8(old ? TAG.NEW_PORT : TAG.V4_PORT);
    this.atom(term.node);
    if (old) this.writer.u32(Number(term.id));
    else this.writer.u64(term.id);
    this.writer.u32(term.creation);
  }

  private reference(term: ReferenceTerm): void {
    this.writer.u8(TAG.NEWER_REFERENCE);
    this.writer.u16(term.words.length);
    this.atom(term.node);
    this.writer.u32(term.creation);
    for (const word of term.words) this.writer.u32(word);
  }

  private fun(term: FunTerm, levels: number): void {
    this.writer.u8(TAG.NEW_FUN);
    const start = this.writer.length;
    this.writer.u32(0);
    this.writer.u8(term.arity);
    this.writer.copy(term.uniq);
    this.writer.u32(term.index);
    this.writer.u32(term.free.length);
    this.atom(term.module);
    this.number(term.oldIndex);
    this.number(term.oldUniq);
    this.pid(term.pid);
    for (const free of term.free) this.term(free, levels - 1);
    this.writer.putU32(start, this.writer.length - start);
  }

  private oldFun(term: FunTerm, levels: number): void {
    this.writer.u8(TAG.FUN);
    this.writer.u32(term.free.length);
    this.pid(term.pid);
    this.atom(term.module);
    this.number(term.index);
    this.number(term.oldUniq);
    for (const free of term.free) this.term(free, levels - 1);
  }
}
