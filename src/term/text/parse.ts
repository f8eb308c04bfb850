import type { SourcePosition } from "../../error/index.ts";
import type { Term } from "../term.ts";
import { dialectOf } from "./dialect.ts";
import { Parser } from "./parser.ts";
import { Scanner } from "./scanner.ts";
import { Source } from "./source.ts";

export interface ParseOptions {
  /** The file that the text is from, for positions and errors. */
  readonly file?: string;
  /**
   * Read exactly as this OTP release (25 to 29) does. Default: accept what any of them accepts, with the newest
   * reading where they differ, as in `"""` at the end of a line.
   */
  readonly otp?: number;
}

/** The terms of a text, and where they stand. */
export interface ParsedTerms {
  readonly terms: Term[];
  /** Where a tuple, list (strings too) or map of the result begins, at every depth; by identity. */
  readonly positionOf: (term: Term) => SourcePosition | undefined;
  /** Where a term of `terms` begins, whatever it is, by its index. */
  readonly startOf: (index: number) => SourcePosition | undefined;
}

/**
 * Reads all terms of a text, each ended by a dot: what `file:consult` accepts.
 *
 * That is: literals, tuples, lists, maps, binaries with sizes and types, `fun M:F/A`, signs before numbers,
 * parentheses, strings side by side, comments. No pids, references, records, macros or expressions. A key that a map has
 * twice counts with its last value. Throws `term_syntax` (data: `file`, `line`, `column`, counted from 1, columns in
 * characters) with what was expected, or `term_limit` for terms nested deeper than 2,000 levels.
 */
export function parseTerms(text: string, options: ParseOptions = {}): ParsedTerms {
  const { parser, source, offsets } = open(text, options);
  const terms: Term[] = [];
  const starts: number[] = [];
  while (!parser.atEnd()) {
    starts.push(parser.offset());
    terms.push(parser.term("required"));
  }
  const positionAt = (offset: number | undefined): SourcePosition | undefined =>
    offset === undefined ? undefined : source.positionAt(offset);
  return {
    terms,
    positionOf: (term) => positionAt(offsets.get(term)),
    startOf: (index) => positionAt(starts[index]),
  };
}

/** Reads one term, whose final dot may be left out; otherwise as `parseTerms`. */
export function parseTerm(text: string, options: ParseOptions = {}): Term {
  const { parser } = open(text, options);
  const term = parser.term("optional");
  if (!parser.atEnd()) throw parser.expected("the end of the text");
  return term;
}

function open(text: string, options: ParseOptions) {
  const source = new Source(text, options.file);
  const offsets = new Map<Term, number>();
  const parser = new Parser(source, new Scanner(source, dialectOf(options.otp)), offsets);
  return { parser, source, offsets };
}
