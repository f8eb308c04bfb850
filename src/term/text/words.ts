const RESERVED_WORDS: ReadonlySet<string> = new Set(
  (
    "after and andalso band begin bnot bor bsl bsr bxor case catch cond div end fun if let not of or orelse receive " +
    "rem try when xor"
  ).split(" "),
);

/** The release since when `maybe` and `else` are reserved. */
const MAYBE_SINCE = 27;

/** Tells whether a word must stand in quotes to be an atom in this OTP release. */
export function isReservedWord(word: string, otp: number): boolean {
  return RESERVED_WORDS.has(word) || (otp >= MAYBE_SINCE && (word === "maybe" || word === "else"));
}
