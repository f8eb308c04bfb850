import { translateRegExp } from "../regexp/index.ts";

/** A regular expression of a filter, as it was written and as it is run. */
export interface Filter {
  readonly source: string;
  readonly regExp: RegExp;
}

/** What the value of a filter option says: a list in place of the old one, or a change of it. */
export interface FilterChange {
  readonly kind: "set" | "add" | "del";
  readonly sources: readonly string[];
}

/** Makes filters for the `re` of this OTP release; @throws EnitError `regexp_invalid`, `regexp_unsupported`. */
export function makeFilters(sources: readonly string[], release: number): Filter[] {
  return sources.map((source) => ({ source, regExp: translateRegExp(source, release) }));
}

/** Applies a change; without an old list, one is added to nothing. */
export function changeFilters(old: readonly Filter[] | undefined, change: FilterChange, release: number): Filter[] {
  if (change.kind === "del") return (old ?? []).filter(({ source }) => !change.sources.includes(source));
  const made = makeFilters(change.sources, release);
  return change.kind === "add" ? [...(old ?? []), ...made] : made;
}

/** Whether a path matches one of the first filters and none of the second. */
export function passesFilters(path: string, incl: readonly Filter[], excl: readonly Filter[]): boolean {
  return matchesAny(path, incl) && !matchesAny(path, excl);
}

function matchesAny(path: string, filters: readonly Filter[]): boolean {
  return filters.some(({ regExp }) => regExp.test(path));
}

/**
 * Whether one of the filters could match a path or something below it, as far as the text tells with which they begin; where
 * it tells nothing, they could.
 */
export function couldMatchIn(path: string, filters: readonly Filter[]): boolean {
  const below = `${path}/`;
  return filters.some(({ source }) => {
    const beginning = textAtBeginning(source);
    return below.startsWith(beginning) || beginning.startsWith(below);
  });
}

/** What every path begins with that matches an expression; too little rather than too much. */
function textAtBeginning(source: string): string {
  const [, text = "", next = ""] = /^\^([\w/ -]*)(.?)/su.exec(source) ?? [];
  // Another branch may begin with anything.
  if (/\|/.test(source.replace(/\([^()[\]\\]*\)/g, ""))) return "";
  return "?*{".includes(next) && next !== "" ? text.slice(0, -1) : text;
}
