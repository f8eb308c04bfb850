import type { SourcePosition } from "../error/index.ts";
import { decodeTermText, parseTerms, printTerm } from "../term/index.ts";
import type { Term } from "../term/index.ts";
import { readWholeFile, writeFileAtomically } from "./files.ts";

/** The terms of a file, and where they stand in it. */
export interface TermFile {
  readonly file: string;
  readonly terms: readonly Term[];
  /** Where a tuple, list or map of the file begins, looked up by identity; `undefined` for any other term. */
  readonly positionOf: (term: Term) => SourcePosition | undefined;
}

/**
 * Reads all terms of a text file (`.app`, `.rel`, `.config` and the like), as `file:consult/1` does: in UTF-8 unless
 * a comment in one of the first two lines says `coding: latin-1`; a byte order mark is an error.
 *
 * Throws `file_not_found`, `file_unreadable`, or `term_syntax` with file, line and column.
 */
export function readTermFile(file: string): TermFile {
  return parseTermFile(readWholeFile(file), file);
}

/** As `readTermFile`, with the content at hand. */
export function parseTermFile(content: Uint8Array, file: string): TermFile {
  const parsed = parseTerms(decodeTermText(content, file), { file });
  return { file, terms: parsed.terms, positionOf: (term) => parsed.positionOf(term) };
}

export interface TermFileOptions {
  /** Print as this OTP release does; from 27 on, two more words stand in quotes. Default: as the newest. */
  readonly otp?: number;
}

/** The text of a file of one term, as OTP's own tools write it: a line with the encoding, the term as `~tp`, a dot. */
export function formatTermFile(term: Term, options: TermFileOptions = {}): string {
  return `%% coding: utf-8\n${printTerm(term, { format: "tp", ...options })}.\n`;
}

/** Writes a file of one term, whole or not at all. Throws `file_unwritable`. */
export function writeTermFile(file: string, term: Term, options: TermFileOptions = {}): void {
  writeFileAtomically(file, formatTermFile(term, options));
}
