import type { Term } from "../term.ts";
import type { PrintOptions } from "./options.ts";
import { TermPrinter } from "./printer.ts";

/**
 * Prints a term as `io:format` does with the control sequence `~p`, `~tp`, `~w` or `~tw`, byte for byte.
 *
 * Map entries come in the order in which they stand. Pids, ports and references look as on the node that they belong to
 * (`<0.9.0>`). Lines end in `\n`; the result ends without one. Throws `term_limit` for a term nested deeper than 2,000
 * levels. Source: the behaviour of `io_lib` and `io_lib_pretty`.
 */
export function printTerm(term: Term, options: PrintOptions = {}): string {
  return new TermPrinter(options).print(term, Math.max(1, options.column ?? 1));
}
