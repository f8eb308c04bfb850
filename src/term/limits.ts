import { EnitError } from "../error/index.ts";

/**
 * How deep a term may be nested for everything in this room: decoding, encoding, comparing, parsing,
 * printing, JSON. An atom has depth 1, a tuple of atoms depth 2; the elements of one list are on one level.
 */
export const MAX_TERM_DEPTH = 2_000;

/** How long an atom may be, in characters, as in Erlang. */
export const MAX_ATOM_LENGTH = 255;

/** How large an integer may be, in bytes of its magnitude: what Erlang allows since OTP 27. */
export const MAX_INTEGER_BYTES = 524_288;

/** The error of everything that walks a term and finds it nested deeper than `MAX_TERM_DEPTH`. */
export function tooDeep(action: string, maxDepth = MAX_TERM_DEPTH): EnitError {
  return new EnitError("term_limit", `cannot ${action} term: it is nested deeper than ${maxDepth} levels`, {
    kind: "input",
    data: { limit: "depth", maxDepth },
  });
}
