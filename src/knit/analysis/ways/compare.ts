import { type Term, equalTerms } from "../../../term/index.ts";
import { type Value, entriesOf, termOf, tupleOf } from "../value.ts";

type Kind = Term["kind"] | "nil" | "pair";

/** What kind of term a value is, lists told apart into `[]` and those with elements; `undefined` if that is not known. */
export function kindOf(value: Value): Kind | undefined {
  switch (value.kind) {
    case "term":
      if (value.term.kind === "list") return value.term.elements.length === 0 ? "nil" : "pair";
      return value.term.kind === "export" ? "fun" : value.term.kind;
    case "cons":
      return "pair";
    case "argument":
    case "unknown":
      return undefined;
    default:
      return value.kind;
  }
}

/** Whether two values are the same term (`=:=`); `undefined` if that is not known. */
export function isSame(a: Value, b: Value): boolean | undefined {
  const [left, right] = [termOf(a), termOf(b)];
  if (left !== undefined && right !== undefined) return equalTerms(left, right);
  const [kind, other] = [kindOf(a), kindOf(b)];
  if (kind === undefined || other === undefined) return undefined;
  if (kind !== other) return false;
  const [ours, theirs] = [tupleOf(a), tupleOf(b)];
  if (ours === undefined || theirs === undefined) return undefined;
  if (ours.length !== theirs.length) return false;
  const parts = new Set(ours.map((each, at) => isSame(each, theirs[at] ?? each)));
  if (parts.has(false)) return false;
  return parts.has(undefined) ? undefined : true;
}

/** The value of a key in a map: `undefined` if it has none, `"unknown"` if that is not known. */
export function mapEntry(map: Value, key: Value): Value | "unknown" | undefined {
  const entries = entriesOf(map);
  if (entries === undefined) return "unknown";
  let isOpen = false;
  for (const [candidate, content] of entries) {
    const same = isSame(candidate, key);
    if (same === true) return content;
    if (same === undefined) isOpen = true;
  }
  return isOpen ? "unknown" : undefined;
}

/** A map with some entries put in; `undefined` if that is not known. */
export function withEntries(map: Value, added: readonly (readonly [key: Value, value: Value])[]): Value | undefined {
  const entries = entriesOf(map);
  if (entries === undefined || added.some(([key]) => termOf(key) === undefined)) return undefined;
  const kept = entries.filter(([key]) => !added.some(([other]) => isSame(key, other) === true));
  return { kind: "map", entries: [...kept, ...added] };
}
