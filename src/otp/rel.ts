import { EnitError } from "../error/index.ts";
import type { SourcePosition } from "../error/index.ts";
import {
  atom,
  atomName,
  isAtom,
  isList,
  isTagged,
  isTuple,
  list,
  listElements,
  printTerm,
  string,
  stringValue,
  tuple,
} from "../term/index.ts";
import type { Term } from "../term/index.ts";
import { readWholeFile } from "./files.ts";
import { placeData, showPlace } from "./place.ts";
import { parseTermFile } from "./term-file.ts";

/** How an application is started: the first three start it, `load` only loads it, `none` loads its code alone. */
export const START_TYPES = ["permanent", "transient", "temporary", "load", "none"] as const;
export type StartType = (typeof START_TYPES)[number];

/** What a release resource file (`NAME.rel`) says. */
export interface ReleaseSpec {
  readonly name: string;
  readonly vsn: string;
  readonly ertsVersion: string;
  readonly applications: readonly ReleaseApplication[];
}

export interface ReleaseApplication {
  readonly name: string;
  readonly vsn: string;
  /** Default: `permanent`. */
  readonly type?: StartType;
  /** Those of its included applications that the release includes, in this order. Default: all, as in the `.app` file. */
  readonly included?: readonly string[];
  readonly position?: SourcePosition;
}

/**
 * Reads a release resource file, of which the first term counts.
 *
 * Throws `file_not_found`, `file_unreadable`, `term_syntax`, or `release_malformed` with every application that is
 * not written as `{APP, VSN}`, `{APP, VSN, TYPE}`, `{APP, VSN, INCLUDED}` or `{APP, VSN, TYPE, INCLUDED}`.
 */
export function readReleaseFile(file: string): ReleaseSpec {
  return parseReleaseFile(readWholeFile(file), file);
}

/** As `readReleaseFile`, with the content at hand. */
export function parseReleaseFile(content: Uint8Array, file: string): ReleaseSpec {
  const { terms, positionOf } = parseTermFile(content, file);
  const [term] = terms;
  if (term === undefined) throw malformed(file, "it is empty");
  return parseRelease(term, file, positionOf);
}

/** Reads a release specification from its term; `source` is what errors call it. Throws `release_malformed`. */
export function parseRelease(
  term: Term,
  source: string,
  positionOf: (term: Term) => SourcePosition | undefined = () => undefined,
): ReleaseSpec {
  const [, id, erts, applications] = isTagged(term, "release", 4) ? term.elements : [];
  const elements = listElements(applications);
  if (!isTuple(id, 2) || !isTagged(erts, "erts", 2) || elements === undefined) {
    const form = "{release, {NAME, VSN}, {erts, VSN}, [{APP, VSN}, ...]}";
    throw malformed(source, `it is not of the form ${form}`, positionOf(term));
  }
  const text = (value: Term | undefined, what: string, place: Term): string => {
    const found = stringValue(value);
    if (found !== undefined) return found;
    throw malformed(source, `its ${what} is not a string`, positionOf(place));
  };
  const name = text(id.elements[0], "name", id);
  const vsn = text(id.elements[1], "version", id);
  const ertsVersion = text(erts.elements[1], "erts version", erts);

  const read = elements.map((element) => ({ element, application: parseApplication(element, positionOf(element)) }));
  const illegal = read.filter(({ application }) => application === undefined).map(({ element }) => element);
  const [first] = illegal;
  if (first !== undefined) {
    const shown = illegal.map((each) => printTerm(each, { format: "tw" })).join(", ");
    const state = `its applications ${shown} are in a wrong form`;
    throw malformed(source, state, positionOf(first));
  }
  return { name, vsn, ertsVersion, applications: read.flatMap(({ application }) => application ?? []) };
}

/** The term of a release specification, each application in the shortest form that says the same. */
export function releaseToTerm(release: ReleaseSpec): Term {
  return tuple(
    atom("release"),
    tuple(string(release.name), string(release.vsn)),
    tuple(atom("erts"), string(release.ertsVersion)),
    list(release.applications.map(applicationToTerm)),
  );
}

function applicationToTerm({ name, vsn, type, included }: ReleaseApplication): Term {
  return tuple(
    atom(name),
    string(vsn),
    ...(type === undefined || type === "permanent" ? [] : [atom(type)]),
    ...(included === undefined ? [] : [list(included.map(atom))]),
  );
}

function parseApplication(term: Term, position: SourcePosition | undefined): ReleaseApplication | undefined {
  if (term.kind !== "tuple" || term.elements.length > 4) return undefined;
  const [nameTerm, vsnTerm, ...rest] = term.elements;
  const name = atomName(nameTerm);
  const vsn = stringValue(vsnTerm);
  if (name === undefined || vsn === undefined) return undefined;

  const [typeTerm, includedTerm] = rest.length === 1 && isList(rest[0]) ? [undefined, rest[0]] : rest;
  const type = START_TYPES.find((known) => isAtom(typeTerm, known));
  const included = includedTerm && atomNames(includedTerm);
  if ((typeTerm !== undefined && type === undefined) || (includedTerm !== undefined && included === undefined)) {
    return undefined;
  }
  return { name, vsn, ...(type && { type }), ...(included && { included }), ...(position && { position }) };
}

function atomNames(term: Term): string[] | undefined {
  const names = listElements(term)?.map(atomName);
  return names?.every((name) => name !== undefined) === true ? names : undefined;
}

function malformed(source: string, state: string, position?: SourcePosition): EnitError {
  return new EnitError("release_malformed", `cannot read the release "${showPlace(source, position)}": ${state}`, {
    kind: "input",
    data: placeData(source, position),
  });
}
