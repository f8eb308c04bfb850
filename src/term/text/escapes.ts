import { digitValue } from "./characters.ts";
import type { Dialect } from "./dialect.ts";
import type { Source } from "./source.ts";

const DELETE = 127;
const MAX_OCTAL_DIGITS = 3;

const SIMPLE_ESCAPES: Readonly<Record<string, number>> = {
  n: 10,
  t: 9,
  b: 8,
  d: DELETE,
  e: 27,
  f: 12,
  r: 13,
  s: 32,
  v: 11,
};

export interface ScannedCharacter {
  readonly code: number;
  readonly end: number;
}

/** Scans the character at `start`, an escape sequence if a backslash stands there; `undefined` at the end of the text. */
export function scanCharacter(source: Source, start: number, dialect: Dialect): ScannedCharacter | undefined {
  const code = source.text.codePointAt(start);
  if (code === undefined) return undefined;
  if (code === 0x5c) return scanEscape(source, start, dialect);
  if (!isUnicode(code)) throw source.error(start, "this is no Unicode character");
  return { code, end: start + widthOf(code) };
}

function scanEscape(source: Source, start: number, dialect: Dialect): ScannedCharacter | undefined {
  const { text } = source;
  const code = text.codePointAt(start + 1);
  if (code === undefined) return undefined;
  const next = String.fromCodePoint(code);
  if (next === "x") return scanHexadecimal(source, start);
  if (next === "^") return scanControl(source, start, dialect);
  if (digitValue(code) < 8) return scanOctal(text, start + 1);
  const end = start + 1 + widthOf(code);
  if (!isUnicode(code)) throw source.error(start, "this is no Unicode character");
  const simple = Object.hasOwn(SIMPLE_ESCAPES, next) ? SIMPLE_ESCAPES[next] : undefined;
  return { code: simple ?? code, end };
}

function scanOctal(text: string, start: number): ScannedCharacter {
  let code = 0;
  let end = start;
  while (end < start + MAX_OCTAL_DIGITS && digitValue(text.charCodeAt(end)) < 8) {
    code = code * 8 + digitValue(text.charCodeAt(end));
    end++;
  }
  return { code, end };
}

/** `\xHH` with two digits, or `\x{H...}` with any number of them. */
function scanHexadecimal(source: Source, start: number): ScannedCharacter {
  const { text } = source;
  const braced = /^\{([0-9a-fA-F]+)\}/.exec(text.slice(start + 2, start + 20));
  const digits = braced?.[1] ?? /^[0-9a-fA-F]{2}/.exec(text.slice(start + 2, start + 4))?.[0];
  const code = digits === undefined ? Number.NaN : Number.parseInt(digits, 16);
  if (digits === undefined || !isUnicode(code)) {
    throw source.error(start, 'a Unicode character is missing after "\\x": two digits of base 16, or some in braces');
  }
  return { code, end: start + 2 + digits.length + (braced === null ? 0 : 2) };
}

function scanControl(source: Source, start: number, dialect: Dialect): ScannedCharacter | undefined {
  const code = source.text.codePointAt(start + 2);
  if (code === undefined) return undefined;
  const end = start + 2 + widthOf(code);
  if (dialect.newer) {
    if (code === 0x3f) return { code: DELETE, end };
    if (code >= 0x40 && code <= 0x5f) return { code: code & 31, end };
    if (code >= 0x61 && code <= 0x7a) return { code: code & 31, end };
  }
  if (dialect.older) return { code: code & 31, end };
  throw source.error(start, 'a letter or one of @[\\]^_? is missing after "\\^"');
}

function widthOf(code: number): number {
  return code > 0xffff ? 2 : 1;
}

/** Erlang's scanner refuses the two noncharacters at the end of the first plane as well. */
function isUnicode(code: number): boolean {
  return code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffe && code !== 0xffff;
}
