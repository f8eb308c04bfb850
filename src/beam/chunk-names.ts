/**
 * Names of chunks that mean something to OTP. The lists are those of stdlib's `beam_lib` of OTP 29; what it has more than
 * that of OTP 25 (`Recs`, `DbgB`) occurs in no file that OTP 25 could load.
 */

/** What the MD5 of a module is taken of, in this order. */
export const MD5_CHUNKS = [
  "Atom",
  "AtU8",
  "Code",
  "StrT",
  "ImpT",
  "ExpT",
  "FunT",
  "LitT",
  "Meta",
  "Recs",
  "DbgB",
] as const;

/** What is left of a stripped file, in this order. */
export const LOADED_CHUNKS = ["Line", "Type", ...MD5_CHUNKS] as const;

/** Without these a file is no module. */
export const MANDATORY_CHUNKS = ["Code", "ExpT", "ImpT", "StrT"] as const;
