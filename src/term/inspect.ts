import type {
  AtomTerm,
  BitstringTerm,
  FloatTerm,
  IntegerTerm,
  ListTerm,
  MapTerm,
  PidTerm,
  ReferenceTerm,
  Term,
  TupleTerm,
} from "./term.ts";
import { decodeUtf8 } from "./utf8.ts";

/** Tells whether a term is an atom, and of this name if one is given. */
export function isAtom(term: Term | undefined, name?: string): term is AtomTerm {
  return term?.kind === "atom" && (name === undefined || term.name === name);
}

/** Tells whether a term is an integer of any size. */
export function isInteger(term: Term | undefined): term is IntegerTerm {
  return term?.kind === "integer";
}

/** Tells whether a term is a float. */
export function isFloat(term: Term | undefined): term is FloatTerm {
  return term?.kind === "float";
}

/** Tells whether a term is a binary: a bitstring of whole bytes. */
export function isBinary(term: Term | undefined): term is BitstringTerm {
  return term?.kind === "bitstring" && term.lastBits === 8;
}

/** Tells whether a term is a tuple, and of this size if one is given. */
export function isTuple(term: Term | undefined, arity?: number): term is TupleTerm {
  return term?.kind === "tuple" && (arity === undefined || term.elements.length === arity);
}

/** Tells whether a term is a tuple `{Tag, ...}`, and of this size (the tag counts) if one is given. */
export function isTagged(term: Term | undefined, tag: string, arity?: number): term is TupleTerm {
  return isTuple(term, arity) && isAtom(term.elements[0], tag);
}

/** Tells whether a term is a proper list, the empty one included. */
export function isList(term: Term | undefined): term is ListTerm {
  return term?.kind === "list" && term.tail === undefined;
}

/** Tells whether a term is `[]`. */
export function isNil(term: Term | undefined): term is ListTerm {
  return isList(term) && term.elements.length === 0;
}

/** Tells whether a term is a map. */
export function isMap(term: Term | undefined): term is MapTerm {
  return term?.kind === "map";
}

/** Tells whether a term is a process identifier. */
export function isPid(term: Term | undefined): term is PidTerm {
  return term?.kind === "pid";
}

/** Tells whether a term is a reference. */
export function isReference(term: Term | undefined): term is ReferenceTerm {
  return term?.kind === "reference";
}

/** The name of an atom; `undefined` for every other term. */
export function atomName(term: Term | undefined): string | undefined {
  return term?.kind === "atom" ? term.name : undefined;
}

/** The elements of a proper list; `undefined` for every other term. */
export function listElements(term: Term | undefined): readonly Term[] | undefined {
  return isList(term) ? term.elements : undefined;
}

/** The text of a proper list of code points; `""` for `[]`; `undefined` for every other term. */
export function stringValue(term: Term | undefined): string | undefined {
  if (!isList(term)) return undefined;
  let text = "";
  for (const element of term.elements) {
    if (element.kind !== "integer" || element.value < 0n || element.value > 0x10ffffn) return undefined;
    const code = Number(element.value);
    if (code >= 0xd800 && code <= 0xdfff) return undefined;
    text += String.fromCodePoint(code);
  }
  return text;
}

/** The text of a string, of a binary in UTF-8, or of an atom; `undefined` for every other term. */
export function textValue(term: Term | undefined): string | undefined {
  if (isAtom(term)) return term.name;
  if (isBinary(term)) return decodeUtf8(term.bytes);
  return stringValue(term);
}

/** The value of an integer within JavaScript's safe range; `undefined` for every other term. */
export function integerValue(term: Term | undefined): number | undefined {
  if (term?.kind !== "integer") return undefined;
  const value = Number(term.value);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** The value of `true` or `false`; `undefined` for every other term. */
export function booleanValue(term: Term | undefined): boolean | undefined {
  if (isAtom(term, "true")) return true;
  return isAtom(term, "false") ? false : undefined;
}

/** The value of the first pair `{Key, Value}` in a list of pairs, as `proplists` and `lists:keyfind/3` find it. */
export function propertyOf(properties: Term | undefined, key: string): Term | undefined {
  if (properties?.kind !== "list") return undefined;
  for (const property of properties.elements) {
    if (isTagged(property, key, 2)) return property.elements[1];
  }
  return undefined;
}

/** The value of an atom key in a map; `undefined` if there is none, or no map. */
export function mapValue(term: Term | undefined, key: string): Term | undefined {
  if (term?.kind !== "map") return undefined;
  return term.entries.find(([candidate]) => isAtom(candidate, key))?.[1];
}
