import { invalidRegExp, unsupportedRegExp } from "./errors.ts";

/** Walks through the characters of an expression, code point by code point. */
export class Scanner {
  readonly pattern: string;
  readonly #characters: readonly string[];
  #at = 0;

  constructor(pattern: string) {
    this.pattern = pattern;
    this.#characters = Array.from(pattern);
  }

  /** The character that comes next, empty at the end. */
  get next(): string {
    return this.#characters[this.#at] ?? "";
  }

  get atEnd(): boolean {
    return this.#at >= this.#characters.length;
  }

  /** Takes the next character, empty at the end. */
  take(): string {
    const character = this.next;
    this.#at += 1;
    return character;
  }

  /** Takes this text if it comes next. */
  accept(text: string): boolean {
    const found = this.#rest(text.length).startsWith(text);
    if (found) this.#at += text.length;
    return found;
  }

  /** Takes what this expression matches, if it matches here; it must begin with `^` and match ASCII alone. */
  match(expression: RegExp): RegExpExecArray | undefined {
    const found = expression.exec(this.#rest()) ?? undefined;
    this.#at += found?.[0].length ?? 0;
    return found;
  }

  /** Takes all that is left. */
  takeAll(): string {
    const rest = this.#rest();
    this.#at = this.#characters.length;
    return rest;
  }

  /** Takes all up to this text and the text itself; `undefined` if it does not come. */
  takeUntil(text: string): string | undefined {
    const rest = this.#rest();
    const end = rest.indexOf(text);
    if (end < 0) return undefined;
    this.#at += Array.from(rest.slice(0, end)).length + text.length;
    return rest.slice(0, end);
  }

  invalid(state: string): never {
    throw invalidRegExp(this.pattern, state);
  }

  unsupported(construct: string): never {
    throw unsupportedRegExp(this.pattern, construct);
  }

  #rest(count = this.#characters.length): string {
    return this.#characters.slice(this.#at, this.#at + count).join("");
  }
}
