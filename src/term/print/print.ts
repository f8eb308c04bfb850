import { MAX_TERM_DEPTH } from "../limits.ts";
import type { Term } from "../term.ts";
import { flat, layOut } from "./layout.ts";
import { measure } from "./measure.ts";
import { styleOf } from "./options.ts";
import type { PrintOptions } from "./options.ts";
import { writeTerm } from "./write.ts";

const DEFAULT_WIDTH = 80;

/**
 * Prints a term as `io:format` does with the control sequence `~p`, `~tp`, `~w` or `~tw`, byte for byte.
 *
 * Map entries come in the order in which they stand. Pids, ports and references look as on the node that they belong to
 * (`<0.9.0>`). Lines end in `\n`; the result ends without one. Throws `term_limit` for a term nested deeper than 2,000
 * levels. Source: the behaviour of `io_lib` and `io_lib_pretty`.
 */
export function printTerm(term: Term, options: PrintOptions = {}): string {
  const style = styleOf(options);
  if (options.format === "w" || options.format === "tw") return writeTerm(term, style, MAX_TERM_DEPTH);
  const piece = measure(term, style, MAX_TERM_DEPTH);
  const width = options.width ?? DEFAULT_WIDTH;
  return width === 0 ? flat(piece) : layOut(piece, width, Math.max(1, options.column ?? 1));
}
