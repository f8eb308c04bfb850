/**
 * Which readings of Erlang text are accepted. OTP 27 changed some that may stand in a term file:
 *
 * - `"""` at the end of a line opens a triple-quoted string; before, it was an empty string and an opening quote.
 * - Two strings need white space between them.
 * - `~"..."` and its like are sigils.
 * - `\^?` is 127, not 31, and `\^` stands only before `@` to `_` and letters, not before any character.
 * - `maybe` and `else` are reserved words.
 *
 * OTP 28 brought floats with a base, `16#f.f#e1`.
 */
export interface Dialect {
  /** Accept what OTP 25 and 26 read; `newer` goes first where both are set. */
  readonly older: boolean;
  /** Accept what OTP 27 and later read. */
  readonly newer: boolean;
  readonly basedFloats: boolean;
}

/** The dialect of one OTP release, or of all of 25 to 29 together, the newest reading first. */
export function dialectOf(otp: number | undefined): Dialect {
  if (otp === undefined) return { older: true, newer: true, basedFloats: true };
  return { older: otp < 27, newer: otp >= 27, basedFloats: otp >= 28 };
}
