import { type Term, atomName, isAtom, listElements, stringValue, textValue } from "../../term/index.ts";
import type { FilterChange } from "./filters.ts";

// Readers of option values: each gives `undefined` for a value of another form.

/** An atom that is one of these words. */
export function oneOf<Word extends string>(value: Term, words: readonly Word[]): Word | undefined {
  return words.find((word) => isAtom(value, word));
}

/** A list of directories, which may be atoms. */
export function directories(value: Term): string[] | undefined {
  return all(value, (element) => (element.kind === "bitstring" ? undefined : textValue(element)));
}

/** A list of strings. */
export function strings(value: Term): string[] | undefined {
  return all(value, stringValue);
}

/** A list of atoms. */
export function atoms(value: Term): string[] | undefined {
  return all(value, atomName);
}

/** The value of a filter option: `[Regexp]`, `{add, [Regexp]}` or `{del, [Regexp]}`. */
export function filterChange(value: Term): FilterChange | undefined {
  const [kindTerm, listTerm] = value.kind === "tuple" && value.elements.length === 2 ? value.elements : [];
  const kind = (["add", "del"] as const).find((each) => isAtom(kindTerm, each));
  const sources = strings(kind === undefined || listTerm === undefined ? value : listTerm);
  return sources && { kind: kind ?? "set", sources };
}

function all<T>(value: Term, read: (element: Term) => T | undefined): T[] | undefined {
  const values: T[] = [];
  const elements = listElements(value);
  for (const element of elements ?? []) {
    const known = read(element);
    if (known === undefined) return undefined;
    values.push(known);
  }
  return elements && values;
}
