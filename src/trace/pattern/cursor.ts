import type { EnitError } from "../../error/index.ts";
import { patternError } from "./errors.ts";
import { scanPattern } from "./scan.ts";
import { type Token, describeToken } from "./token.ts";

/** Where a parser stands in the tokens of a pattern. */
export class Cursor {
  readonly text: string;
  readonly #tokens: readonly Token[];
  #index = 0;

  constructor(text: string) {
    this.text = text;
    this.#tokens = scanPattern(text);
  }

  get token(): Token {
    return this.#at(this.#index);
  }

  /** The token behind the next one. */
  get following(): Token {
    return this.#at(this.#index + 1);
  }

  next(): Token {
    const { token } = this;
    if (token.type !== "end") this.#index++;
    return token;
  }

  sees(punctuation: string): boolean {
    return isPunctuation(this.token, punctuation);
  }

  /** Whether an unquoted word comes: a keyword, an operator. */
  seesWord(word: string): boolean {
    return this.token.type === "atom" && !this.token.isQuoted && this.token.text === word;
  }

  /** Takes the punctuation if it comes. */
  take(punctuation: string): boolean {
    const seen = this.sees(punctuation);
    if (seen) this.#index++;
    return seen;
  }

  expect(punctuation: string): void {
    if (!this.take(punctuation)) throw this.unexpected(`"${punctuation}"`);
  }

  atom(what: string): string {
    const { token } = this;
    if (token.type !== "atom") throw this.unexpected(what);
    this.#index++;
    return token.text;
  }

  /** The error that something else was expected in place of the next token. */
  unexpected(expected: string): EnitError {
    return this.error(this.token.offset, `${describeToken(this.token)}, where ${expected} is expected`);
  }

  error(offset: number, state: string, hint?: string): EnitError {
    return patternError(this.text, offset, state, { hint });
  }

  #at(index: number): Token {
    return this.#tokens[index] ?? { type: "end", offset: this.text.length };
  }
}

export function isPunctuation(token: Token, text: string): boolean {
  return token.type === "punctuation" && token.text === text;
}
