import { MAX_TERM_DEPTH } from "../limits.ts";
import type { Term } from "../term.ts";
import { FlatWriter } from "./flat-writer.ts";
import { flat, layOut } from "./layout.ts";
import { measure } from "./measure.ts";
import { type PrintOptions, type PrintStyle, styleOf } from "./options.ts";
import { writeTerm } from "./write.ts";

const DEFAULT_WIDTH = 80;

/** Prints many terms with the same options, as `printTerm` does. */
export class TermPrinter {
  /** The column, counted from 1, behind the last character of what was printed last. */
  endColumn = 1;
  /** Whether what was printed last takes several lines. */
  isBroken = false;
  readonly #style: PrintStyle;
  readonly #width: number;
  readonly #onOneLine: boolean;
  readonly #writer: FlatWriter;

  constructor(options: Omit<PrintOptions, "column"> = {}) {
    this.#style = styleOf(options);
    this.#width = options.width ?? DEFAULT_WIDTH;
    this.#onOneLine = options.format === "w" || options.format === "tw";
    this.#writer = new FlatWriter(this.#style);
  }

  /** Prints a term whose text begins in `column`, counted from 1. Throws `term_limit`, as `printTerm` does. */
  print(term: Term, column = 1): string {
    const short = this.#onOneLine ? undefined : this.#writer.write(term, this.#width - column - 1);
    if (short !== undefined) {
      this.isBroken = false;
      this.endColumn = column + short.length;
      return short;
    }
    const text = this.#printLong(term, column);
    const lineEnd = text.lastIndexOf("\n");
    this.isBroken = lineEnd >= 0;
    this.endColumn = lineEnd < 0 ? column + countCharacters(text, 0) : 1 + countCharacters(text, lineEnd + 1);
    return text;
  }

  #printLong(term: Term, column: number): string {
    if (this.#onOneLine) return writeTerm(term, this.#style, MAX_TERM_DEPTH);
    const piece = measure(term, this.#style, MAX_TERM_DEPTH);
    return this.#width === 0 ? flat(piece) : layOut(piece, this.#width, column);
  }
}

/** How many code points follow `start`, which is how Erlang counts columns. */
function countCharacters(text: string, start: number): number {
  let count = text.length - start;
  for (let i = start; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0xdc00 && code <= 0xdfff) count--;
  }
  return count;
}
