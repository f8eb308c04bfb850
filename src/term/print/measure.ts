import { tooDeep } from "../limits.ts";
import { decodeUtf8, decodeUtf8Prefix } from "../utf8.ts";
import type { BitstringTerm, ListTerm, MapTerm, Term, TupleTerm } from "../term.ts";
import { isPrintable, quote, textWidth } from "./characters.ts";
import type { PrintStyle } from "./options.ts";
import { writeBitstring, writeScalar } from "./write.ts";

/** A term made ready for laying out: its parts written, each with the width it takes on one line. */
export type Piece = TextPiece | BytesPiece | SequencePiece | MapPiece;

/** What is never broken. */
export interface TextPiece {
  readonly shape: "text";
  readonly text: string;
  readonly width: number;
}

/** A binary written as numbers, which may be broken after its commas. */
export interface BytesPiece {
  readonly shape: "bytes";
  readonly text: string;
  readonly width: number;
}

export interface SequencePiece {
  readonly shape: "list" | "tuple";
  readonly items: readonly Piece[];
  /** What stands after the bar of an improper list. */
  readonly tail: Piece | undefined;
  /** Whether this is a tuple of two elements and more that begins with an atom. */
  readonly tagged: boolean;
  readonly width: number;
}

export interface MapPiece {
  readonly shape: "map";
  readonly pairs: readonly Pair[];
  readonly width: number;
}

export interface Pair {
  readonly key: Piece;
  readonly value: Piece;
  readonly width: number;
}

const ARROW_WIDTH = " => ".length;

/** Since this release a binary that begins with UTF-8 of something not printable is no latin1 string. */
const PREFIX_COUNTS_SINCE = 28;

/** Writes the parts of a term and measures them, `levels` levels deep at most. */
export function measure(term: Term, style: PrintStyle, levels: number): Piece {
  if (levels <= 0) throw tooDeep("print");
  if (term.kind === "tuple") return measureTuple(term, style, levels - 1);
  if (term.kind === "list") return measureList(term, style, levels - 1);
  if (term.kind === "map") return measureMap(term, style, levels - 1);
  if (term.kind === "bitstring") return measureBitstring(term, style);
  return text(writeScalar(term, style));
}

function measureTuple({ elements }: TupleTerm, style: PrintStyle, levels: number): Piece {
  if (elements.length === 0) return text("{}");
  const items = elements.map((element) => measure(element, style, levels));
  const tagged = elements.length > 1 && elements[0]?.kind === "atom";
  return { shape: "tuple", items, tail: undefined, tagged, width: widthOfAll(items) + 2 };
}

function measureList({ elements, tail }: ListTerm, style: PrintStyle, levels: number): Piece {
  if (elements.length === 0) return text("[]");
  const string = tail === undefined ? printableText(elements, style) : undefined;
  if (string !== undefined) return text(quote(string, '"', style));
  const items = elements.map((element) => measure(element, style, levels));
  const tailPiece = tail === undefined ? undefined : measure(tail, style, levels);
  const width = widthOfAll(items) + 2 + (tailPiece === undefined ? 0 : tailPiece.width + 1);
  return { shape: "list", items, tail: tailPiece, tagged: false, width };
}

function measureMap({ entries }: MapTerm, style: PrintStyle, levels: number): Piece {
  if (entries.length === 0) return text("#{}");
  const pairs = entries.map(([keyTerm, valueTerm]) => {
    const key = measure(keyTerm, style, levels);
    const value = measure(valueTerm, style, levels);
    return { key, value, width: key.width + ARROW_WIDTH + value.width };
  });
  return { shape: "map", pairs, width: widthOfAll(pairs) + 3 };
}

function measureBitstring(term: BitstringTerm, style: PrintStyle): Piece {
  const string = term.lastBits === 8 ? printableBinary(term.bytes, style) : undefined;
  if (string !== undefined) return text(`<<${string}>>`);
  const written = writeBitstring(term);
  return { shape: "bytes", text: written, width: written.length };
}

/** The text of a list that is shown as a string. */
function printableText(elements: readonly Term[], style: PrintStyle): string | undefined {
  let result = "";
  for (const element of elements) {
    if (element.kind !== "integer") return undefined;
    const code = Number(element.value);
    if (!isPrintable(code, style)) return undefined;
    result += String.fromCodePoint(code);
  }
  return result;
}

/** What stands between the angle brackets of a binary that is shown as a string. With `~tp`, UTF-8 goes before latin1. */
function printableBinary(bytes: Uint8Array, style: PrintStyle): string | undefined {
  if (bytes.length === 0) return "";
  const utf8 = style.unicode && bytes.some((byte) => byte > 0x7f) ? decodeUtf8(bytes) : undefined;
  if (utf8 !== undefined) return isPrintableText(utf8, style) ? `${quote(utf8, '"', style)}/utf8` : undefined;
  if (!bytes.every((byte) => isPrintable(byte, style))) return undefined;
  if (style.unicode && style.otp >= PREFIX_COUNTS_SINCE && !isPrintableText(decodeUtf8Prefix(bytes), style))
    return undefined;
  return quote(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1"), '"', style);
}

function isPrintableText(content: string, style: PrintStyle): boolean {
  for (const character of content) if (!isPrintable(character.codePointAt(0) ?? 0, style)) return false;
  return true;
}

function widthOfAll(pieces: readonly { readonly width: number }[]): number {
  let width = pieces.length - 1;
  for (const piece of pieces) width += piece.width;
  return width;
}

function text(content: string): TextPiece {
  return { shape: "text", text: content, width: textWidth(content) };
}
