import { invalidRegExp, unsupportedRegExp } from "./errors.ts";

/** Walks through the characters of an expression, code point by code point. */
export class Scanner {
  readonly pattern: string;
  #at = 0;

  constructor(pattern: string) {
    this.pattern = pattern;
  }

  /** The character that comes next, empty at the end. */
  get next(): string {
    const code = this.pattern.codePointAt(this.#at);
    return code === undefined ? "" : String.fromCodePoint(code);
  }

  get atEnd(): boolean {
    return this.#at >= this.pattern.length;
  }

  /** Takes the next character, empty at the end. */
  take(): string {
    const character = this.next;
    this.#at += character.length;
    return character;
  }

  /** Takes this text if it comes next. */
  accept(text: string): boolean {
    const found = this.pattern.startsWith(text, this.#at);
    if (found) this.#at += text.length;
    return found;
  }

  /** Takes what this expression, which begins with `^`, matches here; `undefined` if it does not. */
  match(expression: RegExp): RegExpExecArray | undefined {
    const found = expression.exec(this.pattern.slice(this.#at)) ?? undefined;
    this.#at += found?.[0].length ?? 0;
    return found;
  }

  /** Takes all that is left. */
  takeAll(): string {
    const rest = this.pattern.slice(this.#at);
    this.#at = this.pattern.length;
    return rest;
  }

  /** Takes all up to this text and the text itself; `undefined` if it does not come. */
  takeUntil(text: string): string | undefined {
    const end = this.pattern.indexOf(text, this.#at);
    if (end < 0) return undefined;
    const before = this.pattern.slice(this.#at, end);
    this.#at = end + text.length;
    return before;
  }

  invalid(state: string): never {
    throw invalidRegExp(this.pattern, state);
  }

  unsupported(construct: string): never {
    throw unsupportedRegExp(this.pattern, construct);
  }
}
