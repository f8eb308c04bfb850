/** Splits Erlang text into tokens, as `erl_scan` does, without those that no term can hold. */
import { MAX_ATOM_LENGTH } from "../limits.ts";
import { isDigit, isLowerCase, isNameCharacter, isUpperCase, isWhiteSpace } from "./characters.ts";
import type { Dialect } from "./dialect.ts";
import { scanCharacter } from "./escapes.ts";
import { scanNumber } from "./numbers.ts";
import type { Source } from "./source.ts";
import { scanQuoted, scanSigil, scanTripleQuoted } from "./strings.ts";
import type { Token } from "./token.ts";
import { isReservedWord } from "./words.ts";

/**
 * As `isNameCharacter` and `isWhiteSpace`. Calls for each character make reading `.app` files a quarter slower in a program that
 * has just begun, whose code is not compiled yet.
 */
const NAME = /[\w@\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff]*/y;
const WHITE_SPACE = /[\0- \u0080-\u00a0]*/y;

const PLAIN_ATOM = /^[a-z][\w@]*$/;
/** What may be a list of such; nothing where another thing comes first. */
const PLAIN_ATOMS = /[\t\n\r ]*(?:[a-z][\w@,\t\n\r ]*)?/y;

/** What begins no token of two characters; nearly all marks in terms are of these. */
const ALWAYS_SINGLE: ReadonlySet<string> = new Set([",", "{", "}", "[", "]", "(", ")"]);
/** What two characters make one token. */
const PAIRS: ReadonlySet<string> = new Set(["=>", "<<", ">>", ":=", "->", "||", "++", "--"]);

export class Scanner {
  private readonly source: Source;
  private readonly dialect: Dialect;
  private offset = 0;

  constructor(source: Source, dialect: Dialect) {
    this.source = source;
    this.dialect = dialect;
  }

  /** Reads the next token; after the last one, tokens of type `end`, which stands where the last one ends. */
  next(): Token {
    const { text } = this.source;
    const lastEnd = this.offset;
    const offset = this.skipBlanks();
    const code = text.charCodeAt(offset);
    if (offset >= text.length) return { type: "end", offset: lastEnd };
    if (isLowerCase(code)) return this.word(offset);
    if (isDigit(code)) return this.number(offset);
    if (isUpperCase(code)) return { type: "variable", offset, text: this.name(offset) };
    switch (text.charAt(offset)) {
      case '"':
        return this.string(offset);
      case "'":
        return this.quotedAtom(offset);
      case "$":
        return this.character(offset);
      case ".":
        return this.dot(offset);
      case "~":
        return this.sigil(offset);
      default:
        return this.punctuation(offset);
    }
  }

  /**
   * The names in what follows an opening bracket up to the closing one, if they are plain atoms with nothing but commas and
   * white space between them; reads nothing otherwise. Lists of modules, which `.app` files consist of, are read so at once
   * and not token for token.
   */
  plainAtoms(): string[] | undefined {
    const { text } = this.source;
    const end = endOf(PLAIN_ATOMS, text, this.offset);
    if (text.charAt(end) !== "]") return undefined;
    const names = text
      .slice(this.offset, end)
      .split(",")
      .map((name) => name.trim());
    if (!names.every((name) => this.isPlainAtom(name))) return undefined;
    this.offset = end;
    return names;
  }

  private isPlainAtom(name: string): boolean {
    return PLAIN_ATOM.test(name) && name.length <= MAX_ATOM_LENGTH && !this.isReserved(name);
  }

  private isReserved(word: string): boolean {
    return isReservedWord(word, this.dialect.older ? 25 : 27);
  }

  private skipBlanks(): number {
    const { text } = this.source;
    let offset = endOf(WHITE_SPACE, text, this.offset);
    while (text.charAt(offset) === "%") {
      const feed = text.indexOf("\n", offset);
      offset = feed === -1 ? text.length : endOf(WHITE_SPACE, text, feed);
    }
    this.offset = offset;
    return offset;
  }

  private name(offset: number): string {
    this.offset = endOf(NAME, this.source.text, offset);
    return this.source.text.slice(offset, this.offset);
  }

  private word(offset: number): Token {
    const name = this.name(offset);
    if (this.isReserved(name)) return { type: "reserved word", offset, text: name };
    return this.atom(offset, name);
  }

  private quotedAtom(offset: number): Token {
    const { content, end } = scanQuoted(this.source, offset, this.dialect, "atom");
    this.offset = end;
    return this.atom(offset, content);
  }

  private atom(offset: number, name: string): Token {
    if (name.length > MAX_ATOM_LENGTH && [...name].length > MAX_ATOM_LENGTH) {
      throw this.source.error(offset, `the atom is longer than ${MAX_ATOM_LENGTH} characters`);
    }
    return { type: "atom", offset, text: name };
  }

  private number(offset: number): Token {
    const { value, end } = scanNumber(this.source, offset, this.dialect);
    if (isNameCharacter(this.source.text.charCodeAt(end))) {
      throw this.source.error(offset, "the number goes on with a letter, an underscore or a digit that it cannot have");
    }
    this.offset = end;
    return typeof value === "bigint" ? { type: "integer", offset, value } : { type: "float", offset, value };
  }

  private character(offset: number): Token {
    const scanned = scanCharacter(this.source, offset + 1, this.dialect);
    if (scanned === undefined) throw this.source.error(offset, 'a character is missing after "$"');
    this.offset = scanned.end;
    return { type: "character", offset, value: BigInt(scanned.code) };
  }

  private string(offset: number): Token {
    const { content, end } = this.scanString(offset);
    if (!this.dialect.older && this.source.text[end] === '"') {
      throw this.source.error(end, "white space is missing between two strings");
    }
    this.offset = end;
    return { type: "string", offset, text: content };
  }

  private scanString(offset: number) {
    if (this.dialect.newer && this.source.text.startsWith('"""', offset)) {
      const scanned = scanTripleQuoted(this.source, offset);
      if (scanned !== undefined) return scanned;
      if (!this.dialect.older) {
        throw this.source.error(offset, "the line must end after the opening quotes of a triple-quoted string");
      }
    }
    return scanQuoted(this.source, offset, this.dialect, "string");
  }

  private sigil(offset: number): Token {
    if (!this.dialect.newer) return this.punctuation(offset);
    const { content, end } = scanSigil(this.source, offset, this.dialect);
    this.offset = end;
    return { type: "sigil", offset, content };
  }

  /** A dot ends a term if white space, a comment or the end of the text follows. */
  private dot(offset: number): Token {
    const { text } = this.source;
    this.offset = offset + 1;
    const next = text.charCodeAt(offset + 1);
    if (offset + 1 >= text.length || next === 0x25 || isWhiteSpace(next)) return { type: "dot", offset };
    return { type: "punctuation", offset, text: "." };
  }

  private punctuation(offset: number): Token {
    const { text } = this.source;
    const single = text.charAt(offset);
    if (ALWAYS_SINGLE.has(single)) {
      this.offset = offset + 1;
      return { type: "punctuation", offset, text: single };
    }
    const pair = text.slice(offset, offset + 2);
    if (PAIRS.has(pair)) {
      this.offset = offset + 2;
      return { type: "punctuation", offset, text: pair };
    }
    const code = text.codePointAt(offset) ?? 0;
    if (code > 0xff) {
      throw this.source.error(offset, `the character ${String.fromCodePoint(code)} may stand in quotes only`);
    }
    this.offset = offset + 1;
    return { type: "punctuation", offset, text: String.fromCodePoint(code) };
  }
}

/** Where what an expression finds at an offset ends. */
function endOf(expression: RegExp, text: string, offset: number): number {
  expression.lastIndex = offset;
  expression.test(text);
  return expression.lastIndex;
}
