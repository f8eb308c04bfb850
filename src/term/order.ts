/** Erlang's order of terms: number < atom < reference < fun < port < pid < tuple < map < list < bitstring. */
import { MAX_TERM_DEPTH, tooDeep } from "./limits.ts";
import type { BitstringTerm, FunTerm, ListTerm, MapTerm, ReferenceTerm, Term } from "./term.ts";

const RANK = {
  integer: 0,
  float: 0,
  atom: 1,
  reference: 2,
  fun: 3,
  export: 3,
  port: 4,
  pid: 5,
  tuple: 6,
  map: 7,
  list: 8,
  bitstring: 9,
} as const satisfies Record<Term["kind"], number>;

/** How many entries of a map are compared each with each: sets and sorting cost more than that. */
const FEW_ENTRIES = 12;

type Entry = readonly [key: Term, value: Term];

/** Maps are compared by sorted keys; a map that is itself a key would else be sorted again by every comparison. */
const sortedEntries = new WeakMap<MapTerm, readonly Entry[]>();

/**
 * Compares two terms in Erlang's standard order: negative if `a < b`, 0 if `a == b` (so `1` and `1.0` are equal, but not
 * as map keys), positive if `a > b`.
 *
 * `[]` comes before every other list. Throws `term_limit` for terms nested deeper than 2,000 levels.
 */
export function compareTerms(a: Term, b: Term): number {
  return compare(a, b, false, MAX_TERM_DEPTH);
}

/**
 * Tells whether two terms are the same, as `=:=` does from OTP 27 on: `1` is not `1.0`, `0.0` is not `-0.0`; the order of
 * map entries does not matter.
 */
export function equalTerms(a: Term, b: Term): boolean {
  return compare(a, b, true, MAX_TERM_DEPTH) === 0;
}

/** Tells whether two entries of a map have the same key. */
export function hasDuplicateKey(entries: readonly Entry[]): boolean {
  if (entries.length <= FEW_ENTRIES) return hasDuplicateAmongFew(entries);
  const seen = new Set<unknown>();
  const others: Entry[] = [];
  for (const entry of entries) {
    const key = entry[0];
    if (key.kind === "atom") seen.add(key.name);
    else if (key.kind === "integer") seen.add(key.value);
    else others.push(entry);
  }
  if (seen.size + others.length < entries.length) return true;
  const sorted = sortEntries(others, MAX_TERM_DEPTH);
  return sorted.some(([key], i) => i > 0 && equalTerms((sorted[i - 1] as Entry)[0], key));
}

function hasDuplicateAmongFew(entries: readonly Entry[]): boolean {
  for (let i = 1; i < entries.length; i++) {
    const key = (entries[i] as Entry)[0];
    for (let j = 0; j < i; j++) {
      const other = (entries[j] as Entry)[0];
      if (key === other || (key.kind === other.kind && isSameKey(key, other))) return true;
    }
  }
  return false;
}

/** Tells whether two keys of one kind are the same; most are atoms. */
function isSameKey(key: Term, other: Term): boolean {
  return key.kind === "atom" && other.kind === "atom" ? key.name === other.name : equalTerms(key, other);
}

/** Leaves out every entry whose key stands again further on, as `maps:from_list` does; sorts by key if there are such. */
export function withoutDuplicateKeys(entries: readonly Entry[]): readonly Entry[] {
  if (!hasDuplicateKey(entries)) return entries;
  const sorted = sortEntries(entries, MAX_TERM_DEPTH);
  return sorted.filter(([key], i) => {
    const next = sorted[i + 1];
    return next === undefined || !equalTerms(key, next[0]);
  });
}

/** With `exact`, integers come before floats, as among the keys of a map, and only same terms are equal. */
function compare(a: Term, b: Term, exact: boolean, levels: number): number {
  if (a === b) return 0;
  if (levels <= 0) throw tooDeep("compare");
  switch (a.kind) {
    case "atom":
      if (b.kind === "atom") return compareText(a.name, b.name);
      break;
    case "integer":
      if (b.kind === "integer") return compareValues(a.value, b.value);
      if (b.kind === "float") return exact ? -1 : compareValues(a.value, b.value);
      break;
    case "float":
      if (b.kind === "float") return compareFloats(a.value, b.value, exact);
      if (b.kind === "integer") return exact ? 1 : compareValues(a.value, b.value);
      break;
    case "bitstring":
      if (b.kind === "bitstring") return compareBits(a, b);
      break;
    case "tuple":
      if (b.kind === "tuple") {
        return a.elements.length - b.elements.length || compareAll(a.elements, b.elements, exact, levels - 1);
      }
      break;
    case "list":
      if (b.kind === "list") return compareLists(a, b, exact, levels - 1);
      break;
    case "map":
      if (b.kind === "map") return compareMaps(a, b, exact, levels - 1);
      break;
    case "pid":
      if (b.kind === "pid") return a.serial - b.serial || a.id - b.id || compareNodes(a, b);
      break;
    case "port":
      if (b.kind === "port") return compareNodes(a, b) || compareValues(a.id, b.id);
      break;
    case "reference":
      if (b.kind === "reference") return compareNodes(a, b) || compareWords(a, b);
      break;
    case "export":
      if (b.kind === "export") {
        return compareText(a.module, b.module) || compareText(a.function, b.function) || a.arity - b.arity;
      }
      if (b.kind === "fun") return 1;
      break;
    case "fun":
      if (b.kind === "fun") return compareFuns(a, b, exact, levels - 1);
      if (b.kind === "export") return -1;
      break;
  }
  return RANK[a.kind] - RANK[b.kind];
}

function compareValues(a: number | bigint, b: number | bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareFloats(a: number, b: number, exact: boolean): number {
  if (exact && a === 0 && b === 0) return Number(Object.is(b, -0)) - Number(Object.is(a, -0));
  return compareValues(a, b);
}

/**
 * Compares the names of atoms, or the text of strings, as Erlang orders them: by code points.
 *
 * JavaScript's own order puts the upper planes before the end of the first one.
 */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    if (a.charCodeAt(i) === b.charCodeAt(i)) continue;
    return orderOfUnit(a.charCodeAt(i)) - orderOfUnit(b.charCodeAt(i));
  }
  return a.length - b.length;
}

/** Sorts the names of atoms as Erlang does. */
export function sortNames(names: readonly string[]): string[] {
  // Where there are no upper planes, JavaScript's own order is the same, and needs no call for each comparison.
  return /[\ud800-\udfff]/.test(names.join("")) ? names.toSorted(compareText) : names.toSorted();
}

function orderOfUnit(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

function compareBits(a: BitstringTerm, b: BitstringTerm): number {
  const length = Math.min(a.bytes.length, b.bytes.length);
  for (let i = 0; i < length; i++) {
    const x = a.bytes[i] as number;
    const y = b.bytes[i] as number;
    if (x !== y) {
      const bits = Math.min(i === a.bytes.length - 1 ? a.lastBits : 8, i === b.bytes.length - 1 ? b.lastBits : 8);
      const difference = (x >> (8 - bits)) - (y >> (8 - bits));
      if (difference !== 0) return difference;
    }
  }
  return a.bytes.length - b.bytes.length || a.lastBits - b.lastBits;
}

function compareAll(a: readonly Term[], b: readonly Term[], exact: boolean, levels: number): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const order = compare(a[i] as Term, b[i] as Term, exact, levels);
    if (order !== 0) return order;
  }
  return 0;
}

function compareLists(a: ListTerm, b: ListTerm, exact: boolean, levels: number): number {
  const order = compareAll(a.elements, b.elements, exact, levels);
  if (order !== 0) return order;
  const length = Math.min(a.elements.length, b.elements.length);
  return compareRests(restOf(a, length), restOf(b, length), exact, levels);
}

/** What is left of a list after `length` elements: `"nil"`, `"cons"` or the tail. */
function restOf(list: ListTerm, length: number): Term | "nil" | "cons" {
  if (list.elements.length > length) return "cons";
  return list.tail ?? "nil";
}

function compareRests(a: Term | "nil" | "cons", b: Term | "nil" | "cons", exact: boolean, levels: number): number {
  if (typeof a === "object" && typeof b === "object") return compare(a, b, exact, levels);
  return rankOfRest(a) - rankOfRest(b);
}

function rankOfRest(rest: Term | "nil" | "cons"): number {
  if (typeof rest === "object") return RANK[rest.kind];
  return rest === "nil" ? RANK.list : RANK.list + 0.5;
}

function compareMaps(a: MapTerm, b: MapTerm, exact: boolean, levels: number): number {
  if (a.entries.length !== b.entries.length) return a.entries.length - b.entries.length;
  const left = entriesInOrder(a, levels);
  const right = entriesInOrder(b, levels);
  for (let i = 0; i < left.length; i++) {
    const order = compare((left[i] as Entry)[0], (right[i] as Entry)[0], true, levels);
    if (order !== 0) return order;
  }
  for (let i = 0; i < left.length; i++) {
    const order = compare((left[i] as Entry)[1], (right[i] as Entry)[1], exact, levels);
    if (order !== 0) return order;
  }
  return 0;
}

function entriesInOrder(map: MapTerm, levels: number): readonly Entry[] {
  if (map.entries.length < 2) return map.entries;
  const known = sortedEntries.get(map);
  if (known !== undefined) return known;
  const sorted = sortEntries(map.entries, levels);
  sortedEntries.set(map, sorted);
  return sorted;
}

function sortEntries(entries: readonly Entry[], levels: number): readonly Entry[] {
  return entries.toSorted(([a], [b]) => compare(a, b, true, levels));
}

function compareNodes(a: { node: string; creation: number }, b: { node: string; creation: number }): number {
  return compareText(a.node, b.node) || a.creation - b.creation;
}

/** The last word counts most; words that are missing count as 0. */
function compareWords(a: ReferenceTerm, b: ReferenceTerm): number {
  for (let i = Math.max(a.words.length, b.words.length) - 1; i >= 0; i--) {
    const difference = (a.words[i] ?? 0) - (b.words[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The process that made a fun does not matter. */
function compareFuns(a: FunTerm, b: FunTerm, exact: boolean, levels: number): number {
  return (
    compareText(a.module, b.module) ||
    a.oldIndex - b.oldIndex ||
    a.oldUniq - b.oldUniq ||
    a.index - b.index ||
    compareBytes(a.uniq, b.uniq) ||
    a.free.length - b.free.length ||
    compareAll(a.free, b.free, exact, levels)
  );
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  return compareBits({ kind: "bitstring", bytes: a, lastBits: 8 }, { kind: "bitstring", bytes: b, lastBits: 8 });
}
