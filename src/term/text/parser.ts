/** Reads the terms that `file:consult` accepts: literals, tuples, lists, maps, binaries and external funs. */
import { MAX_TERM_DEPTH, tooDeep } from "../limits.ts";
import { atom, exportFun, float, integer, smallInteger } from "../make.ts";
import { withoutDuplicateKeys } from "../order.ts";
import type { BitstringTerm, ExportTerm, FloatTerm, IntegerTerm, ListTerm, MapTerm, Term, TupleTerm } from "../term.ts";
import { evaluateSegments } from "./bits.ts";
import type { Segment, SegmentValue } from "./bits.ts";
import type { Scanner } from "./scanner.ts";
import type { Source } from "./source.ts";
import { describeToken } from "./token.ts";
import type { Token } from "./token.ts";

const MAX_ARITY = 255n;

export class Parser {
  private readonly source: Source;
  private readonly scanner: Scanner;
  private readonly offsets: Map<Term, number>;
  private token: Token;

  /** `offsets` is filled with where each tuple, list and map begins. */
  constructor(source: Source, scanner: Scanner, offsets: Map<Term, number>) {
    this.source = source;
    this.scanner = scanner;
    this.offsets = offsets;
    this.token = scanner.next();
  }

  atEnd(): boolean {
    return this.token.type === "end";
  }

  /** Where what comes next begins. */
  offset(): number {
    return this.token.offset;
  }

  /** Reads one term and its final dot, which may be left out at the end of the text if `dot` is `optional`. */
  term(dot: "required" | "optional"): Term {
    const term = this.value(MAX_TERM_DEPTH);
    if (this.token.type === "dot") this.advance();
    else if (dot === "required" || !this.atEnd()) throw this.expected("the final dot");
    return term;
  }

  /** The error that something else than what stands here was expected. */
  expected(what: string): Error {
    return this.source.error(this.token.offset, `expected ${what}, found ${describeToken(this.token)}`);
  }

  private advance(): Token {
    const token = this.token;
    this.token = this.scanner.next();
    return token;
  }

  private is(punctuation: string): boolean {
    return this.token.type === "punctuation" && this.token.text === punctuation;
  }

  /** Steps over a punctuation mark if it stands here. */
  private accept(punctuation: string): boolean {
    if (!this.is(punctuation)) return false;
    this.advance();
    return true;
  }

  private value(levels: number): Term {
    if (levels <= 0) throw tooDeep("read");
    const { token } = this;
    switch (token.type) {
      case "atom":
        this.advance();
        return atom(token.text);
      case "integer":
      case "character":
        this.advance();
        return integer(token.value);
      case "float":
        this.advance();
        return float(token.value);
      case "string":
        return this.located(token.offset, listOfText(this.strings()));
      case "sigil":
        this.advance();
        return typeof token.content === "string"
          ? this.located(token.offset, listOfText(token.content))
          : token.content;
      case "reserved word":
        if (token.text === "fun") return this.fun();
        throw this.expected("a term");
      case "punctuation":
        return this.compound(token.text, token.offset, levels);
      case "variable":
      case "dot":
      case "end":
        throw this.expected("a term");
    }
  }

  private compound(opening: string, offset: number, levels: number): Term {
    switch (opening) {
      case "{":
        return this.located(offset, this.tuple(levels));
      case "[":
        return this.located(offset, this.list(levels));
      case "#":
        return this.located(offset, this.map(levels));
      case "<<":
        return this.binary(levels);
      case "(":
        return this.parenthesised(() => this.value(levels - 1));
      case "-":
      case "+":
        return this.signed(levels);
      default:
        throw this.expected("a term");
    }
  }

  private located(offset: number, term: Term): Term {
    this.offsets.set(term, offset);
    return term;
  }

  private parenthesised<T>(read: () => T): T {
    this.advance();
    const value = read();
    if (!this.accept(")")) throw this.expected('")"');
    return value;
  }

  private tuple(levels: number): TupleTerm {
    this.advance();
    const elements: Term[] = [];
    if (this.accept("}")) return { kind: "tuple", elements };
    do elements.push(this.value(levels - 1));
    while (this.accept(","));
    if (!this.accept("}")) throw this.expected('"," or "}"');
    return { kind: "tuple", elements };
  }

  private list(levels: number): Term {
    const names = levels > 1 ? this.scanner.plainAtoms() : undefined;
    this.advance();
    if (names !== undefined) {
      this.advance();
      return { kind: "list", elements: names.map(atom), tail: undefined };
    }
    const elements: Term[] = [];
    if (this.accept("]")) return { kind: "list", elements, tail: undefined };
    do elements.push(this.value(levels - 1));
    while (this.accept(","));
    if (this.accept("]")) return { kind: "list", elements, tail: undefined };
    if (!this.accept("|")) throw this.expected('",", "|" or "]"');
    const tail = this.value(levels - 1);
    if (!this.accept("]")) throw this.expected('"]"');
    if (tail.kind !== "list") return { kind: "list", elements, tail };
    return { kind: "list", elements: [...elements, ...tail.elements], tail: tail.tail };
  }

  private map(levels: number): MapTerm {
    this.advance();
    if (!this.accept("{")) throw this.expected('"{"');
    const entries: [Term, Term][] = [];
    if (this.accept("}")) return { kind: "map", entries };
    do {
      const key = this.value(levels - 1);
      if (!this.accept("=>")) throw this.expected('"=>"');
      entries.push([key, this.value(levels - 1)]);
    } while (this.accept(","));
    if (!this.accept("}")) throw this.expected('"," or "}"');
    return { kind: "map", entries: withoutDuplicateKeys(entries) };
  }

  private fun(): ExportTerm {
    this.advance();
    const module = this.atomName("the module of a fun");
    if (!this.accept(":")) throw this.expected('":"');
    const name = this.atomName("the function of a fun");
    if (!this.accept("/")) throw this.expected('"/"');
    const { token } = this;
    if (token.type !== "integer" || token.value > MAX_ARITY) throw this.expected(`an arity from 0 to ${MAX_ARITY}`);
    this.advance();
    return exportFun(module, name, Number(token.value));
  }

  private atomName(what: string): string {
    const { token } = this;
    if (token.type !== "atom") throw this.expected(what);
    this.advance();
    return token.text;
  }

  /** Strings that stand side by side are one. */
  private strings(): string {
    let text = "";
    while (this.token.type === "string") {
      text += this.token.text;
      this.advance();
    }
    return text;
  }

  /** A sign stands before a number or a character, with any number of parentheses between them, but never before another sign. */
  private signed(levels: number): Term {
    const negative = this.is("-");
    this.advance();
    const number = this.unsigned(levels - 1);
    if (!negative) return number;
    return number.kind === "float" ? float(-number.value) : integer(-number.value);
  }

  private unsigned(levels: number): IntegerTerm | FloatTerm {
    if (levels <= 0) throw tooDeep("read");
    const { token } = this;
    if (this.is("(")) return this.parenthesised(() => this.unsigned(levels - 1));
    if (token.type === "integer" || token.type === "character") {
      this.advance();
      return integer(token.value);
    }
    if (token.type === "float") {
      this.advance();
      return float(token.value);
    }
    throw this.expected("a number");
  }

  private binary(levels: number): BitstringTerm {
    this.advance();
    const segments: Segment[] = [];
    if (!this.is(">>")) {
      do segments.push(this.segment(levels));
      while (this.accept(","));
    }
    if (!this.accept(">>")) throw this.expected('"," or ">>"');
    return evaluateSegments(this.source, segments);
  }

  private segment(levels: number): Segment {
    const { offset } = this.token;
    const value = this.segmentValue(levels - 1);
    const size = this.accept(":") ? this.segmentSize(levels - 1) : undefined;
    const types = this.accept("/") ? this.segmentTypes() : [];
    return { offset, value, size, types };
  }

  /** Strings are written character by character with the size and types of their segment; lists may not stand here. */
  private segmentValue(levels: number): SegmentValue {
    if (levels <= 0) throw tooDeep("read");
    const { token } = this;
    if (this.is("(")) return this.parenthesised(() => this.segmentValue(levels - 1));
    if (token.type === "string") return this.strings();
    if (token.type === "sigil" && typeof token.content === "string") {
      this.advance();
      return token.content;
    }
    const term = this.is("#") ? undefined : this.value(levels);
    if (term?.kind === "integer" || term?.kind === "float" || term?.kind === "bitstring") return term;
    throw this.source.error(token.offset, "expected a number, a string or a binary inside a binary");
  }

  private segmentSize(levels: number): bigint {
    const { token } = this;
    if (this.is("(")) {
      const size = this.value(levels);
      if (size.kind === "integer" && size.value >= 0n) return size.value;
    } else if (token.type === "integer" || token.type === "character") {
      this.advance();
      return token.value;
    }
    throw this.source.error(token.offset, "expected the size of the segment, an integer from 0 on");
  }

  private segmentTypes(): { name: string; unit: bigint | undefined }[] {
    const types: { name: string; unit: bigint | undefined }[] = [];
    do {
      const name = this.atomName("a type of the segment");
      let unit: bigint | undefined;
      if (this.accept(":")) {
        if (this.token.type !== "integer") throw this.expected("a unit");
        unit = this.token.value;
        this.advance();
      }
      types.push({ name, unit });
    } while (this.accept("-"));
    return types;
  }
}

/** Not the shared `[]`, so that each has a position of its own. */
function listOfText(text: string): ListTerm {
  const elements = Array.from(text, (character) => smallInteger(character.codePointAt(0) ?? 0));
  return { kind: "list", elements, tail: undefined };
}
