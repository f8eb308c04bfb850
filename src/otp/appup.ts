/**
 * Application upgrade files: `{VSN, [{OLD, INSTRUCTIONS}, ...], [{OLD, INSTRUCTIONS}, ...]}`, the ways up from older
 * versions and the ways back down to them. See appup(4) of SASL.
 */
import { EnitError } from "../error/index.ts";
import type { SourcePosition } from "../error/index.ts";
import { isBinary, isTuple, listElements, stringValue, textValue } from "../term/index.ts";
import type { Term } from "../term/index.ts";
import { readFileIfAny } from "./files.ts";
import { placeData, showPlace } from "./place.ts";
import { translateRegExp } from "./regexp/index.ts";
import { parseTermFile } from "./term-file.ts";

/** Which way a release goes: to the new version, or back to an older one. */
export type UpgradeDirection = "up" | "down";

export interface Appup {
  readonly file: string;
  /** The version at the top; OTP only warns if it is not the application's. `undefined` if it is no string. */
  readonly vsn: string | undefined;
  readonly up: readonly Term[];
  readonly down: readonly Term[];
  /** Where a tuple, list or map of the file begins, looked up by identity. */
  readonly positionOf: (term: Term) => SourcePosition | undefined;
}

/** What an appup has for one older version: the instructions as they stand there. */
export interface AppupScript {
  readonly file: string;
  readonly instructions: readonly Term[];
  /** Where an instruction stands; of an atom, where the list of instructions begins. */
  readonly positionOf: (instruction: Term) => SourcePosition | undefined;
}

/**
 * Reads an appup file, of which the first term counts; `undefined` if there is none.
 *
 * Throws `file_unreadable`, `term_syntax`, or `appup_malformed` if it is not of the form above. What stands in the two
 * lists is not looked at before it is needed, as in OTP.
 */
export function readAppupIfAny(file: string): Appup | undefined {
  const content = readFileIfAny(file);
  return content === undefined ? undefined : parseAppup(content, file);
}

/** As `readAppupIfAny`, with the content at hand. */
export function parseAppup(content: Uint8Array, file: string): Appup {
  const { terms, positionOf } = parseTermFile(content, file);
  const [term] = terms;
  if (term === undefined) throw malformed(file, "it is empty");
  const [vsn, ...lists] = isTuple(term, 3) ? term.elements : [];
  const [up, down] = lists.map(listElements);
  if (vsn !== undefined && up !== undefined && down !== undefined) {
    return { file, vsn: stringValue(vsn), up, down, positionOf };
  }
  const form = "{VSN, [{VSN, INSTRUCTIONS}, ...], [{VSN, INSTRUCTIONS}, ...]}";
  throw malformed(file, `it is not of the form ${form}`, positionOf(term));
}

/**
 * Finds the instructions for an older version: those of the first entry whose version is equal, or whose regular
 * expression (a binary, for the `re` of `otpRelease`) matches the whole of it. `undefined` if no entry does.
 *
 * Throws `appup_malformed` if the instructions are no list, or an expression before that entry is not one.
 */
export function findAppupScript(
  appup: Appup,
  direction: UpgradeDirection,
  vsn: string,
  otpRelease: number,
): AppupScript | undefined {
  const entry = appup[direction].find((each) => {
    const [version] = isTuple(each, 2) ? each.elements : [];
    return isBinary(version) ? matches(appup, each, version, vsn, otpRelease) : stringValue(version) === vsn;
  });
  if (!isTuple(entry, 2)) return undefined;
  const { file, positionOf } = appup;
  const [, value] = entry.elements;
  const instructions = listElements(value);
  if (value === undefined || instructions === undefined) {
    throw malformed(file, `its instructions for ${vsn} are no list`, positionOf(entry));
  }
  return { file, instructions, positionOf: (instruction) => positionOf(instruction) ?? positionOf(value) };
}

function matches(appup: Appup, entry: Term, version: Term, vsn: string, otpRelease: number): boolean {
  const position = appup.positionOf(entry);
  const pattern = textValue(version);
  if (pattern === undefined) throw malformed(appup.file, "a version in it is a binary that is not UTF-8", position);
  try {
    // The first match counts, even where a later or longer one would be the whole version.
    return translateRegExp(pattern, otpRelease).exec(vsn)?.[0] === vsn;
  } catch (error) {
    if (!(error instanceof EnitError)) throw error;
    throw new EnitError(error.code, `cannot read the appup "${showPlace(appup.file, position)}": ${error.message}`, {
      kind: error.kind,
      hint: error.hint,
      data: { ...placeData(appup.file, position), ...error.data },
      cause: error,
    });
  }
}

function malformed(file: string, state: string, position?: SourcePosition): EnitError {
  return new EnitError("appup_malformed", `cannot read the appup "${showPlace(file, position)}": ${state}`, {
    kind: "input",
    data: placeData(file, position),
  });
}
