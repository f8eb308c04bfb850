import type { Term } from "../../../term/index.ts";
import { UNKNOWN, type Value } from "../value.ts";

/**
 * Values share what they were made of, so that a few steps make one that is endless when it is written out. Of values above this size,
 * in terms, nothing is known any more.
 */
const MAX_SIZE = 4000;

const sizes = new WeakMap<object, number>();
const keys = new WeakMap<object, string>();

/** The value, or `UNKNOWN` if it is too large to be handled. */
export function limited(value: Value): Value {
  return sizeOf(value) > MAX_SIZE ? UNKNOWN : value;
}

/** A text that values have in common if the same is known of them. The value must be limited. */
export function keyOfValue(value: Value): string {
  if (value.kind === "term") return keyOfTerm(value.term);
  const known = keys.get(value);
  if (known !== undefined) return known;
  const key = makeKey(value);
  keys.set(value, key);
  return key;
}

function makeKey(value: Exclude<Value, { kind: "term" }>): string {
  switch (value.kind) {
    case "tuple":
      return `{${value.elements.map(keyOfValue).join()}}`;
    case "cons":
      return `[${keyOfValue(value.head)}|${keyOfValue(value.tail)}]`;
    case "map":
      return `#{${value.entries.map((entry) => entry.map(keyOfValue).join("=>")).join()}}`;
    case "fun":
      return `fun ${value.fun.name}(${value.free.map(keyOfValue).join()})`;
    case "argument":
      return `argument ${value.index}`;
    case "unknown":
      return "_";
  }
}

function keyOfTerm(term: Term): string {
  const known = keys.get(term);
  if (known !== undefined) return known;
  const key = JSON.stringify(term, (_, each: unknown) => (typeof each === "bigint" ? `${each}n` : each));
  keys.set(term, key);
  return key;
}

/** The number of terms in a value, up to the limit. */
export function sizeOf(value: Value): number {
  const thing = value.kind === "term" ? value.term : value;
  const known = sizes.get(thing);
  if (known !== undefined) return known;
  const size = Math.min(value.kind === "term" ? termSize(value.term) : 1 + sum(partsOf(value)), MAX_SIZE + 1);
  sizes.set(thing, size);
  return size;
}

function partsOf(value: Exclude<Value, { kind: "term" }>): readonly Value[] {
  switch (value.kind) {
    case "tuple":
      return value.elements;
    case "cons":
      return [value.head, value.tail];
    case "map":
      return value.entries.flat();
    case "fun":
      return value.free;
    default:
      return [];
  }
}

function sum(values: readonly Value[]): number {
  return values.reduce((total, value) => total + sizeOf(value), 0);
}

function termSize(term: Term): number {
  const parts =
    term.kind === "tuple" || term.kind === "list" ? term.elements : term.kind === "map" ? term.entries.flat() : [];
  if (parts.length > MAX_SIZE) return parts.length;
  return parts.reduce((total, part) => total + termSize(part), 1);
}
