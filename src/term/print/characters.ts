import { isLatin1Printable, isUnicodePrintable } from "../printable.ts";
import type { PrintStyle } from "./options.ts";

const ESCAPES: Readonly<Record<number, string>> = {
  8: "\\b",
  9: "\\t",
  10: "\\n",
  11: "\\v",
  12: "\\f",
  13: "\\r",
  27: "\\e",
  127: "\\d",
};

const BACKSLASH = 0x5c;

/** Below this, every code is a character of its own. */
const FIRST_COMBINING = 0x300;

/** Tells whether `~p` shows a list with this character as a string. */
export function isPrintable(code: number, style: PrintStyle): boolean {
  return style.unicodeStrings ? isUnicodePrintable(code) : isLatin1Printable(code);
}

/** Writes text between quotes, with escape sequences where Erlang writes them. */
export function quote(text: string, mark: "'" | '"', style: PrintStyle): string {
  if (isPlain(text, mark.charCodeAt(0))) return mark + text + mark;
  let result = mark as string;
  for (const character of text) {
    if (character === mark || character === "\\") result += `\\${character}`;
    else result += escape(character, style);
  }
  return result + mark;
}

/** Tells whether a text is of ASCII and stands for itself between quotes, as nearly all are. */
function isPlain(text: string, mark: number): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code > 0x7e || code === mark || code === BACKSLASH) return false;
  }
  return true;
}

function escape(character: string, style: PrintStyle): string {
  const code = character.codePointAt(0) ?? 0;
  if ((code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code <= 0xff)) return character;
  if (code > 0xff) return style.unicode ? character : `\\x{${code.toString(16).toUpperCase()}}`;
  return ESCAPES[code] ?? `\\${code.toString(8).padStart(3, "0")}`;
}

/** How many characters a text takes on a line, as OTP counts: beyond latin1, what combines is one. */
export function textWidth(text: string): number {
  if (!mayCombine(text)) return text.length;
  let width = 0;
  for (const _ of new Intl.Segmenter("und", { granularity: "grapheme" }).segment(text)) width++;
  return width;
}

function mayCombine(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= FIRST_COMBINING) return true;
  return false;
}
