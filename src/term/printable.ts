/** Tells whether a character is printable for Erlang in latin1. */
export function isLatin1Printable(code: number): boolean {
  if (code < 0xa0) return (code >= 0x20 && code <= 0x7e) || (code >= 8 && code <= 13) || code === 27;
  return code <= 0xff;
}

/** Tells whether a character is printable for Erlang in Unicode: no control character, no half of a surrogate pair. */
export function isUnicodePrintable(code: number): boolean {
  if (code <= 0xff) return isLatin1Printable(code);
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);
}
