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

/** Tells whether `~p` shows a list with this character as a string. */
export function isPrintable(code: number, style: PrintStyle): boolean {
  return style.unicodeStrings ? isUnicodePrintable(code) : isLatin1Printable(code);
}

/** Writes text between quotes, with escape sequences where Erlang writes them. */
export function quote(text: string, mark: "'" | '"', style: PrintStyle): string {
  let result = mark as string;
  for (const character of text) {
    if (character === mark || character === "\\") result += `\\${character}`;
    else result += escape(character, style);
  }
  return result + mark;
}

function escape(character: string, style: PrintStyle): string {
  const code = character.codePointAt(0) ?? 0;
  if ((code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code <= 0xff)) return character;
  if (code > 0xff) return style.unicode ? character : `\\x{${code.toString(16).toUpperCase()}}`;
  return ESCAPES[code] ?? `\\${code.toString(8).padStart(3, "0")}`;
}

/** How many characters a text takes on a line, as OTP counts: beyond latin1, what combines is one. */
export function textWidth(text: string): number {
  if (/^[\0-\u02ff]*$/.test(text)) return text.length;
  let width = 0;
  for (const _ of new Intl.Segmenter("und", { granularity: "grapheme" }).segment(text)) width++;
  return width;
}
