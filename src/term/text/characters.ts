/** The character classes of `erl_scan`: latin1 alone has letters; everything else stands in quotes. Codes are UTF-16 units. */

export function isWhiteSpace(code: number): boolean {
  return code <= 0x20 || (code >= 0x80 && code <= 0xa0);
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

export function isLowerCase(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0xdf && code <= 0xff && code !== 0xf7);
}

/** What begins a variable. */
export function isUpperCase(code: number): boolean {
  return (code >= 0x41 && code <= 0x5a) || code === 0x5f || (code >= 0xc0 && code <= 0xde && code !== 0xd7);
}

/** What goes on in an atom or a variable. */
export function isNameCharacter(code: number): boolean {
  return isLowerCase(code) || isUpperCase(code) || isDigit(code) || code === 0x40;
}

/** The value of a digit in bases up to 36; `NaN` for anything else. */
export function digitValue(code: number): number {
  if (isDigit(code)) return code - 0x30;
  if (code >= 0x61 && code <= 0x7a) return code - 0x61 + 10;
  if (code >= 0x41 && code <= 0x5a) return code - 0x41 + 10;
  return Number.NaN;
}
