import type { BeamFun } from "../../beam/index.ts";
import { type Term, atomName, equalTerms, list, listElements, map, tuple } from "../../term/index.ts";

/** What is known of a value in code, without running it. */
export type Value =
  | { readonly kind: "term"; readonly term: Term }
  | { readonly kind: "tuple"; readonly elements: readonly Value[] }
  | { readonly kind: "cons"; readonly head: Value; readonly tail: Value }
  | { readonly kind: "map"; readonly entries: readonly (readonly [key: Value, value: Value])[] }
  /** A local fun with the values that it brings along. */
  | { readonly kind: "fun"; readonly fun: BeamFun; readonly free: readonly Value[] }
  /** What the function was called with, its arguments counted from 0. */
  | { readonly kind: "argument"; readonly index: number }
  | { readonly kind: "unknown" };

export const UNKNOWN: Value = { kind: "unknown" };

/** The term that a value is; `undefined` if something of it is not known. */
export function termOf(value: Value): Term | undefined {
  switch (value.kind) {
    case "term":
      return value.term;
    case "tuple": {
      const elements = all(value.elements);
      return elements && tuple(...elements);
    }
    case "cons": {
      const [head, tail] = [termOf(value.head), termOf(value.tail)];
      if (head === undefined || tail === undefined) return undefined;
      return tail.kind === "list" ? list([head, ...tail.elements], tail.tail) : list([head], tail);
    }
    case "map": {
      const keys = all(value.entries.map(([key]) => key));
      const values = all(value.entries.map(([, content]) => content));
      if (keys === undefined || values === undefined) return undefined;
      return map(keys.flatMap((key, at) => (values[at] === undefined ? [] : [[key, values[at]] as const])));
    }
    default:
      return undefined;
  }
}

/** The elements of a tuple; `undefined` for all that is not known to be one. */
export function tupleOf(value: Value | undefined): readonly Value[] | undefined {
  if (value?.kind === "tuple") return value.elements;
  return value?.kind === "term" && value.term.kind === "tuple" ? value.term.elements.map(ofTerm) : undefined;
}

/** The elements of a proper list; `undefined` if its length is not known. */
export function listOf(value: Value | undefined): readonly Value[] | undefined {
  const elements: Value[] = [];
  let rest = value;
  for (; rest?.kind === "cons"; rest = rest.tail) elements.push(rest.head);
  const others = rest?.kind === "term" ? listElements(rest.term) : undefined;
  return others && [...elements, ...others.map(ofTerm)];
}

/** The first element of a list; `undefined` for all that is not known to have one. */
export function headOf(value: Value | undefined): Value | undefined {
  if (value?.kind === "cons") return value.head;
  const [first] = value?.kind === "term" && value.term.kind === "list" ? value.term.elements : [];
  return first && ofTerm(first);
}

/** A list without its first element, likewise. */
export function tailOf(value: Value | undefined): Value | undefined {
  if (value?.kind === "cons") return value.tail;
  if (value?.kind !== "term" || value.term.kind !== "list" || value.term.elements.length === 0) return undefined;
  const [, ...others] = value.term.elements;
  // The tail of an improper list of one element stands for itself.
  return ofTerm(others.length === 0 && value.term.tail !== undefined ? value.term.tail : list(others, value.term.tail));
}

/** The value of an atom key in a map: `undefined` if it has none, or is no map that is known. */
export function mapValueOf(value: Value | undefined, key: string): Value | undefined {
  return entriesOf(value)?.find(([candidate]) => atomOf(candidate) === key)?.[1];
}

/** The entries of a map; `undefined` for all that is not known to be one. */
export function entriesOf(value: Value | undefined): readonly (readonly [Value, Value])[] | undefined {
  if (value?.kind === "map") return value.entries;
  if (value?.kind !== "term" || value.term.kind !== "map") return undefined;
  return value.term.entries.map(([key, content]) => [ofTerm(key), ofTerm(content)]);
}

/** The name of an atom; `undefined` for all that is not known to be one. */
export function atomOf(value: Value | undefined): string | undefined {
  return value?.kind === "term" ? atomName(value.term) : undefined;
}

export function ofTerm(term: Term): Value {
  return { kind: "term", term };
}

/** What is known of a value that is one of two. */
export function mergeValues(a: Value, b: Value): Value {
  if (a === b) return a;
  const [first, second] = [termOf(a), termOf(b)];
  if (first !== undefined && second !== undefined) return equalTerms(first, second) ? a : UNKNOWN;
  if (a.kind === "argument" && b.kind === "argument") return a.index === b.index ? a : UNKNOWN;
  const [ours, theirs] = [tupleOf(a), tupleOf(b)];
  if (ours === undefined || theirs === undefined || ours.length !== theirs.length) return UNKNOWN;
  return { kind: "tuple", elements: ours.map((each, at) => mergeValues(each, theirs[at] ?? UNKNOWN)) };
}

/** Whether a local fun is somewhere within a value. */
export function findFun(value: Value): BeamFun | undefined {
  switch (value.kind) {
    case "fun":
      return value.fun;
    case "tuple":
      return firstFun(value.elements);
    case "cons":
      return firstFun([value.head, value.tail]);
    case "map":
      return firstFun(value.entries.flat());
    default:
      return undefined;
  }
}

function firstFun(values: readonly Value[]): BeamFun | undefined {
  for (const value of values) {
    const fun = findFun(value);
    if (fun !== undefined) return fun;
  }
  return undefined;
}

function all(values: readonly Value[]): Term[] | undefined {
  const terms: Term[] = [];
  for (const value of values) {
    const term = termOf(value);
    if (term === undefined) return undefined;
    terms.push(term);
  }
  return terms;
}
