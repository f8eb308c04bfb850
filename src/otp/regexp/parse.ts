import { type CharSet, complement } from "./char-set.ts";
import { escapedClass } from "./classes.ts";
import { foldCase, parseBracket } from "./bracket.ts";
import { takeCharacterEscape } from "./escapes.ts";
import { Scanner } from "./scanner.ts";
import type { Assertion, Choices, Modes, Node } from "./syntax.ts";

/** What `parseRegExp` goes by. */
export interface ParseOptions {
  readonly modes: Modes;
  /** Whether named classes have letters beyond ASCII. */
  readonly latin1: boolean;
}

/** PCRE's limit for the numbers of a repetition. */
const MAX_REPEAT = 65_535;

const REPETITION = /^(?:[*+?]|\{\d+(?:,\d*)?\})/;

const NEWLINE: CharSet = [[0x0a, 0x0a]];

/** Takes an expression in the syntax of PCRE apart; @throws EnitError `regexp_invalid`, `regexp_unsupported`. */
export function parseRegExp(pattern: string, options: ParseOptions): Choices {
  const parser = new Parser(new Scanner(pattern), options.latin1);
  return parser.parseAll(options.modes);
}

class Parser {
  readonly #scanner: Scanner;
  readonly #latin1: boolean;
  readonly #names = new Map<string, number>();
  #groups = 0;
  #modes: Modes = { caseless: false, multiline: false, dotall: false, extended: false, ungreedy: false };

  constructor(scanner: Scanner, latin1: boolean) {
    this.#scanner = scanner;
    this.#latin1 = latin1;
  }

  parseAll(modes: Modes): Choices {
    if (this.#scanner.match(/^\(\*/) !== undefined) this.#scanner.unsupported("a verb, (*");
    this.#modes = modes;
    const choices = this.#parseChoices();
    if (!this.#scanner.atEnd) this.#scanner.invalid("a closing parenthesis has no opening one");
    return choices;
  }

  /** Reads up to the end or a closing parenthesis; modes that change inside are back afterwards. */
  #parseChoices(): Choices {
    const before = this.#modes;
    const choices: Node[][] = [[]];
    while (!this.#scanner.atEnd && this.#scanner.next !== ")") {
      if (this.#skipIgnored()) continue;
      if (this.#scanner.accept("|")) choices.push([]);
      else this.#parsePiece(choices.at(-1) ?? []);
    }
    this.#modes = before;
    return choices;
  }

  #parsePiece(sequence: Node[]): void {
    const nodes = this.#parseAtom();
    const last = nodes.pop();
    sequence.push(...nodes);
    if (last === undefined) return;
    while (this.#skipIgnored());
    sequence.push(this.#parseRepeat(last));
  }

  /** White space and comments of the extended mode. */
  #skipIgnored(): boolean {
    if (!this.#modes.extended) return false;
    return this.#scanner.match(/^(?:[\t\n\v\f\r ]+|#[^\n]*(?:\n|$))/) !== undefined;
  }

  #parseRepeat(node: Node): Node {
    const scanner = this.#scanner;
    const found = scanner.match(/^(?:[*+?]|\{(\d+)(,?)(\d*)\})/);
    if (found === undefined) return node;
    if (node.kind === "assertion") scanner.invalid("an assertion is repeated");
    // PCRE's search for a first character goes wrong behind one, up to OTP 27.
    if (node.kind === "look") scanner.unsupported("a repeated look-around");
    if (scanner.accept("+")) scanner.unsupported("a possessive repetition");
    const lazy = scanner.accept("?") !== this.#modes.ungreedy;
    if (scanner.match(REPETITION)) scanner.unsupported("a repetition of a repetition");
    const [text, least = "", comma, most = ""] = found;
    const min = least === "" ? (text === "+" ? 1 : 0) : Number(least);
    const open = text === "?" ? 1 : Number.POSITIVE_INFINITY;
    const max = least === "" ? open : comma === "" ? min : most === "" ? Number.POSITIVE_INFINITY : Number(most);
    if (min > MAX_REPEAT || (max > MAX_REPEAT && Number.isFinite(max)))
      scanner.invalid("a repetition has too large a number");
    if (max < min) scanner.invalid("the numbers of a repetition are out of order");
    return { kind: "repeat", node, min, max, lazy };
  }

  /** Reads one thing that a repetition may follow; several characters for a quotation, none for a comment. */
  #parseAtom(): Node[] {
    const scanner = this.#scanner;
    const character = scanner.take();
    switch (character) {
      case "(":
        return this.#parseParenthesis();
      case "[":
        return [set(parseBracket(scanner, { caseless: this.#modes.caseless, latin1: this.#latin1 }))];
      case ".":
        return [set(this.#modes.dotall ? complement([]) : complement(NEWLINE))];
      case "^":
        return [assertion(this.#modes.multiline ? "lineStart" : "start")];
      case "$":
        return [assertion(this.#modes.multiline ? "lineEnd" : "endOrLastNewline")];
      case "\\":
        return this.#parseEscape();
      case "*":
      case "+":
      case "?":
        return scanner.invalid(`nothing stands before ${character}`);
      case "{":
        if (scanner.match(/^,\d+\}/)) scanner.unsupported("a repetition without its least number, {,");
        if (scanner.match(/^\d+(?:,\d*)?\}/)) scanner.invalid("nothing stands before a repetition");
        return [this.#character(0x7b)];
      default:
        return [this.#character(character.codePointAt(0) ?? 0)];
    }
  }

  #character(code: number): Node {
    return set(foldCase(this.#scanner, [[code, code]], this.#modes));
  }

  #parseEscape(): Node[] {
    const scanner = this.#scanner;
    const code = takeCharacterEscape(scanner);
    if (code !== undefined) return [this.#character(code)];
    const letter = scanner.take();
    const anchor = ANCHORS[letter];
    if (anchor !== undefined) return [assertion(anchor)];
    if (letter === "Q") return this.#parseQuotation();
    if (letter === "E") return [];
    if (letter === "N" && scanner.next !== "{") return [set(complement(NEWLINE))];
    const reference = this.#takeReference(letter);
    if (reference !== undefined) return [{ kind: "back", to: reference }];
    return [this.#escapedSet(letter)];
  }

  #escapedSet(letter: string): Node {
    const name = letter.toLowerCase();
    const known = letter === "N" ? undefined : escapedClass(name, this.#latin1);
    if (known === undefined) return this.#scanner.unsupported(`\\${letter}`);
    const signed = (members: CharSet): CharSet => (letter === name ? members : complement(members));
    if (name !== "w" || !this.#latin1) return set(signed(known));
    return { kind: "set", set: signed(known), repeated: signed(escapedClass(name, false) ?? []) };
  }

  #parseQuotation(): Node[] {
    const text = this.#scanner.takeUntil("\\E") ?? this.#scanner.takeAll();
    return Array.from(text, (character) => this.#character(character.codePointAt(0) ?? 0));
  }

  #takeReference(letter: string): number | undefined {
    const scanner = this.#scanner;
    if (/[1-9]/.test(letter)) {
      if (/\d/.test(scanner.next)) scanner.unsupported("a back reference of two digits, or an octal number");
      return Number(letter);
    }
    if (letter === "g") {
      const number = scanner.match(/^(?:\{(-?\d+)\}|(\d+))/);
      const value = Number(number?.[1] ?? number?.[2] ?? scanner.unsupported("\\g of another form"));
      return value < 0 ? this.#groups + 1 + value : value;
    }
    if (letter !== "k") return undefined;
    const name = scanner.match(/^(?:\{(\w+)\}|<(\w+)>|'(\w+)')/);
    return this.#groupNamed(name?.slice(1).find((each) => each !== undefined));
  }

  #groupNamed(name: string | undefined): number {
    const number = name === undefined ? undefined : this.#names.get(name);
    return number ?? this.#scanner.unsupported("a back reference to a name that does not stand before it");
  }

  #parseParenthesis(): Node[] {
    const scanner = this.#scanner;
    if (scanner.next === "*") scanner.unsupported("a verb, (*");
    if (!scanner.accept("?")) return [this.#closeGroup(++this.#groups, undefined)];
    if (scanner.accept("#")) {
      if (scanner.takeUntil(")") === undefined) scanner.invalid("a comment does not end");
      return [];
    }
    const reference = scanner.match(/^P=(\w+)\)/)?.[1];
    if (reference !== undefined) return [{ kind: "back", to: this.#groupNamed(reference) }];
    const look = scanner.match(/^(<?)([=!])/);
    if (look !== undefined) {
      return [{ kind: "look", behind: look[1] === "<", negative: look[2] === "!", choices: this.#closeChoices() }];
    }
    const name = scanner.match(/^(?:P?<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)')/);
    if (name !== undefined) return [this.#closeGroup(++this.#groups, name[1] ?? name[2])];
    return this.#parseModes();
  }

  #closeGroup(number: number, name: string | undefined): Node {
    if (name !== undefined && this.#names.has(name)) this.#scanner.invalid(`two groups have the name ${name}`);
    if (name !== undefined) this.#names.set(name, number);
    return { kind: "group", number, name, choices: this.#closeChoices() };
  }

  #closeChoices(): Choices {
    const choices = this.#parseChoices();
    if (!this.#scanner.accept(")")) this.#scanner.invalid("an opening parenthesis has no closing one");
    return choices;
  }

  /** Modes for the rest of the group, `(?i)`, or for a group of their own, `(?i:x)`. */
  #parseModes(): Node[] {
    const scanner = this.#scanner;
    const found = scanner.match(/^([imsxU]*)(?:-([imsxU]*))?([:)])/);
    if (found === undefined) return scanner.unsupported(`(?${scanner.next}`);
    const [, on = "", off = "", end] = found;
    if (on.includes("xx")) scanner.unsupported("(?xx)");
    const before = this.#modes;
    this.#modes = { ...before, ...switched(on, true), ...switched(off, false) };
    if (end === ")") return [];
    const choices = this.#closeChoices();
    this.#modes = before;
    return [{ kind: "group", number: undefined, name: undefined, choices }];
  }
}

const ANCHORS: Readonly<Record<string, Assertion>> = {
  A: "start",
  B: "noBoundary",
  Z: "endOrLastNewline",
  b: "boundary",
  z: "end",
};

const MODES: Readonly<Record<string, keyof Modes>> = {
  i: "caseless",
  m: "multiline",
  s: "dotall",
  x: "extended",
  U: "ungreedy",
};

function switched(letters: string, on: boolean): Partial<Modes> {
  return Object.fromEntries(Array.from(letters, (letter) => [MODES[letter] ?? letter, on]));
}

const set = (members: CharSet): Node => ({ kind: "set", set: members });
const assertion = (what: Assertion): Node => ({ kind: "assertion", what });
