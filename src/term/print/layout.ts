import type { BytesPiece, MapPiece, Pair, Piece, SequencePiece } from "./measure.ts";

/** How many characters of a broken binary stand on a line at least. */
const MIN_BYTES_WIDTH = 8;

/** How far the value of a map entry on a line of its own is indented, unless tuples are indented by a fixed width. */
const VALUE_INDENT = 4;

/** The indentation that puts the elements of a tuple below the second one. */
const BELOW = 0;

/**
 * How the elements of a tuple that begins with an atom are indented: below the second one; or, where that would leave
 * less than half of the line, by 4; or, where even that does, by 1.
 */
const TAG_INDENTS = [BELOW, 4] as const;
const LAST_TAG_INDENT = 1;

/** Lays out a term as `~p` does, in lines of `width` characters, the first of which begins in `column`. */
export function layOut(piece: Piece, width: number, column: number): string {
  const tagIndent = TAG_INDENTS.find((indent) => {
    const trial = new Layout(width, indent, width - piece.width);
    trial.broken(piece, column, 0);
    return !trial.cramped;
  });
  return new Layout(width, tagIndent ?? LAST_TAG_INDENT).broken(piece, column, 0);
}

/** A term on one line. Texts are concatenated, not joined: a join copies what was written on every level above it. */
export function flat(piece: Piece): string {
  switch (piece.shape) {
    case "text":
    case "bytes":
      return piece.text;
    case "tuple":
      return `{${flatItems(piece)}}`;
    case "list":
      return piece.tail === undefined ? `[${flatItems(piece)}]` : `[${flatItems(piece)}|${flat(piece.tail)}]`;
    case "map": {
      let text = "";
      for (const pair of piece.pairs) text += text === "" ? flatPair(pair) : `,${flatPair(pair)}`;
      return `#{${text}}`;
    }
  }
}

function flatItems({ items }: SequencePiece): string {
  let text = "";
  for (const item of items) text += text === "" ? flat(item) : `,${flat(item)}`;
  return text;
}

function flatPair(pair: Pair): string {
  return `${flat(pair.key)} => ${flat(pair.value)}`;
}

/**
 * Lays out with one indentation of tagged tuples, or tries whether that leaves enough room and makes no text.
 *
 * In all its methods `closers` is how many brackets follow the piece directly.
 */
class Layout {
  /** Whether the elements of a tuple would stand so far to the right that the trial has failed. */
  cramped = false;
  private readonly width: number;
  private readonly tagIndent: number;
  private readonly trial: boolean;
  private readonly lastColumn: number;

  /** In a trial, elements of tagged tuples must begin in the left half of the line, or up to `trialColumn`. */
  constructor(width: number, tagIndent: number, trialColumn?: number) {
    this.width = width;
    this.tagIndent = tagIndent;
    this.trial = trialColumn !== undefined;
    this.lastColumn = this.trial ? Math.max(trialColumn ?? 0, Math.floor(width / 2)) : Number.POSITIVE_INFINITY;
  }

  /** A piece that begins in `column`, on several lines if one is too short. */
  broken(piece: Piece, column: number, closers: number): string {
    if (piece.shape === "text" || this.fits(piece.width, column, closers)) return this.flat(piece);
    switch (piece.shape) {
      case "bytes":
        return this.trial ? "" : this.bytes(piece, column + 2, closers);
      case "list":
        return `[${this.items(piece, 0, column + 1, column + 1, closers)}]`;
      case "tuple":
        return `{${this.tuple(piece, column, closers)}}`;
      case "map":
        return `#{${this.pairs(piece, column + 2, closers)}}`;
    }
  }

  private flat(piece: Piece): string {
    return this.trial ? "" : flat(piece);
  }

  private flatPair(pair: Pair): string {
    return this.trial ? "" : flatPair(pair);
  }

  private newLine(column: number): string {
    return this.trial ? "" : `\n${" ".repeat(column - 1)}`;
  }

  private fits(width: number, column: number, closers: number): boolean {
    return width < this.width - column - closers;
  }

  private tuple(piece: SequencePiece, column: number, closers: number): string {
    const tag = piece.tagged ? piece.items[0] : undefined;
    if (tag === undefined) return this.items(piece, 0, column + 1, column + 1, closers);
    const below = column + tag.width + 2;
    const { tagIndent } = this;
    const indented = tagIndent === BELOW || tag.width + 2 <= tagIndent ? below : column + tagIndent;
    if (indented === below ? below >= this.lastColumn : indented > this.lastColumn) {
      this.cramped = true;
      return "";
    }
    if (indented === below) return `${this.flat(tag)},${this.items(piece, 1, below, below, closers)}`;
    return `${this.flat(tag)}${this.items(piece, 1, indented, below, closers, ",")}`;
  }

  /**
   * The elements from `first` on. Those that are never broken stand side by side as far as they fit, every other
   * one on lines of its own. Lines begin in `column`; the text before, which `separator` has to part from the first
   * element, ends in column `at`.
   */
  private items(
    piece: SequencePiece,
    first: number,
    column: number,
    at: number,
    closers: number,
    separator = "",
  ): string {
    const { items, tail } = piece;
    let text = "";
    let end = at;
    for (let i = first; i < items.length && !this.cramped; i++) {
      const item = items[i] as Piece;
      const closing = i === items.length - 1 ? closers + 1 : 0;
      const comma = i === first ? separator : ",";
      if (comma !== "" && item.shape === "text" && this.fits(item.width + 1, end, Math.max(closing, 1))) {
        text += comma + item.text;
        end += item.width + 1;
        continue;
      }
      if (comma !== "") text += comma + this.newLine(column);
      text += this.broken(item, column, closing);
      const atomic = item.shape === "text" && this.fits(item.width, column, closing);
      end = atomic ? column + item.width : Number.POSITIVE_INFINITY;
    }
    if (tail === undefined) return text;
    if (tail.shape === "text" && this.fits(tail.width + 1, end, closers + 1)) return `${text}|${tail.text}`;
    // In a trial OTP takes the tail for one that goes on in the same line.
    return `${text}|${this.newLine(column)}${this.broken(tail, this.trial ? end : column, closers + 1)}`;
  }

  /** Entries of two pieces that are never broken stand side by side as far as they fit, every other one on lines of its own. */
  private pairs({ pairs }: MapPiece, column: number, closers: number): string {
    let text = "";
    let end = column;
    for (let i = 0; i < pairs.length && !this.cramped; i++) {
      const pair = pairs[i] as Pair;
      const closing = i === pairs.length - 1 ? closers + 1 : 0;
      const atomic = pair.key.shape === "text" && pair.value.shape === "text";
      if (i > 0 && atomic && this.fits(pair.width + 1, end, Math.max(closing, 1))) {
        text += `,${this.flatPair(pair)}`;
        end += pair.width + 1;
        continue;
      }
      if (i > 0) text += `,${this.newLine(column)}`;
      const fits = this.fits(pair.width, column, closing);
      text += fits ? this.flatPair(pair) : this.pair(pair, column, closing);
      end = fits && atomic ? column + pair.width : Number.POSITIVE_INFINITY;
    }
    return text;
  }

  private pair({ key, value }: Pair, column: number, closers: number): string {
    const valueColumn = column + (this.tagIndent === BELOW ? VALUE_INDENT : this.tagIndent);
    return `${this.broken(key, column, closers)} =>${this.newLine(valueColumn)}${this.broken(value, valueColumn, closers)}`;
  }

  private bytes(piece: BytesPiece, column: number, closers: number): string {
    const room = Math.max(MIN_BYTES_WIDTH, this.width - column - closers);
    const numbers = piece.text.slice(2, -2).split(",");
    let text = "";
    let left = room;
    for (let i = 0; i < numbers.length; i++) {
      const last = i === numbers.length - 1;
      const number = last ? (numbers[i] as string) : `${numbers[i]},`;
      if (i > 0 && number.length > left) {
        text += this.newLine(column);
        left = room;
      }
      text += number;
      left -= number.length;
    }
    return `<<${text}>>`;
  }
}
