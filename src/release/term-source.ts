import { EnitError, type SourcePosition } from "../error/index.ts";
import { decodeTermText, parseTerms } from "../term/index.ts";
import type { Term } from "../term/index.ts";
import { type Warning, formatPlace } from "./warning.ts";

/** The kinds of term files that belong to a release; each has its error codes. */
export type SourceKind = "definition" | "config";

/** A term file of a release, with what is needed to complain about it. */
export interface TermSource {
  readonly file: string;
  readonly terms: readonly Term[];
  /** Where the first of these terms stands that has a place of its own, else the beginning of the file. */
  readonly positionOf: (...terms: (Term | undefined)[]) => Required<SourcePosition>;
  /** The error `definition_invalid` or `config_invalid`. */
  readonly invalid: (position: SourcePosition, state: string, hint?: string) => EnitError;
  /** Notes something that is probably a mistake. */
  readonly warn: (code: string, position: SourcePosition, state: string, hint?: string) => void;
}

/** Parses a term file of a release. @throws EnitError `definition_syntax` or `config_syntax`. */
export function parseTermSource(kind: SourceKind, file: string, content: Uint8Array, warnings: Warning[]): TermSource {
  const parsed = parse(kind, content, file);
  // Where an atom or a number stands is known only of those that are whole terms of the file.
  const placeOf = (term: Term): SourcePosition | undefined =>
    parsed.positionOf(term) ?? parsed.startOf(parsed.terms.indexOf(term));
  return {
    file,
    terms: parsed.terms,
    positionOf: (...candidates) => {
      for (const term of candidates) {
        const position = term === undefined ? undefined : placeOf(term);
        if (position !== undefined) return { file, line: position.line, column: position.column };
      }
      return { file, line: 1, column: 1 };
    },
    invalid: (position, state, hint) =>
      new EnitError(`${kind}_invalid`, `cannot use "${formatPlace(position)}": ${state}`, {
        kind: "input",
        ...(hint === undefined ? {} : { hint }),
        data: { file, line: position.line, column: position.column },
      }),
    warn: (code, position, state, hint) => {
      const message = `${formatPlace(position)}: ${state}`;
      warnings.push({ code, message, position, ...(hint === undefined ? {} : { hint }) });
    },
  };
}

function parse(kind: SourceKind, content: Uint8Array, file: string): ReturnType<typeof parseTerms> {
  try {
    return parseTerms(decodeTermText(content, file), { file });
  } catch (error) {
    if (!(error instanceof EnitError)) throw error;
    // Only errors of syntax carry their place, and so the file, in the message.
    const message = error.code === "term_syntax" ? error.message : `${error.message} (in "${file}")`;
    // No cause: its message may hold a secret.
    throw new EnitError(`${kind}_syntax`, withoutWords(message), {
      kind: "input",
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      data: { file, ...error.data },
    });
  }
}

/**
 * Says only the kind of what was found in a wrong place: it may be a cookie or a password, as in `{cookie, Monster}`,
 * which needs quotes.
 */
function withoutWords(message: string): string {
  return message.replace(/, found the (reserved word|[a-z]+) (?!of the text$|dot$).+$/s, (_, type: string) =>
    /^[aeiou]/.test(type) ? `, found an ${type}` : `, found a ${type}`,
  );
}
