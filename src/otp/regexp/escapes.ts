import type { Scanner } from "./scanner.ts";

/** The letters that stand for one control character each. */
const CONTROLS: Readonly<Record<string, number>> = { a: 0x07, e: 0x1b, f: 0x0c, n: 0x0a, r: 0x0d, t: 0x09 };

/**
 * Takes what follows a backslash if it stands for one character, and gives its code point; `undefined` for a letter or
 * digit of another meaning, which is left where it is.
 */
export function takeCharacterEscape(scanner: Scanner): number | undefined {
  const { next } = scanner;
  if (next === "") return scanner.invalid("it ends with a backslash");
  const control = CONTROLS[next];
  if (control !== undefined) {
    scanner.take();
    return control;
  }
  if (next === "x") return takeHex(scanner);
  if (next === "c") return takeControl(scanner);
  if (next === "o" || next === "0") return takeOctal(scanner);
  return /[A-Za-z0-9]/.test(next) ? undefined : scanner.take().codePointAt(0);
}

function takeHex(scanner: Scanner): number {
  const digits = scanner.match(/^x\{([0-9A-Fa-f]+)\}/)?.[1] ?? scanner.match(/^x([0-9A-Fa-f]{1,2})/)?.[1];
  if (digits === undefined) return scanner.unsupported("\\x without hexadecimal digits");
  return codePoint(scanner, Number.parseInt(digits, 16));
}

function takeOctal(scanner: Scanner): number {
  const digits = scanner.match(/^o\{([0-7]+)\}/)?.[1] ?? scanner.match(/^(0[0-7]{0,2})/)?.[1];
  if (digits === undefined) return scanner.unsupported("\\o without octal digits in braces");
  return codePoint(scanner, Number.parseInt(digits, 8));
}

function takeControl(scanner: Scanner): number {
  scanner.take();
  const letter = scanner.take();
  if (!/^[\x20-\x7e]$/.test(letter)) return scanner.invalid("\\c is not followed by a printable ASCII character");
  return letter.toUpperCase().charCodeAt(0) ^ 0x40;
}

function codePoint(scanner: Scanner, code: number): number {
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
    scanner.invalid("it names a character that does not exist");
  return code;
}
