import { atom, isAtom, isList, isTagged, nil, tuple } from "../../term/index.ts";
import type { Term } from "../../term/index.ts";
import type { Step, UpgradeScript } from "./step.ts";

/**
 * Writes short forms of instructions in full, and puts the instructions of lists within the list in their place: one
 * level of them, and as they stand, since systools expands no short forms there.
 */
export function expandScript(script: UpgradeScript): Step[] {
  return script.flatMap((step) => {
    const { term } = step;
    if (isList(term)) return term.elements.map((each) => ({ ...step, term: each }));
    return { ...step, term: expandInstruction(term), written: term };
  });
}

const BRUTAL_PURGE = atom("brutal_purge");
const SOFT = atom("soft");

function expandInstruction(term: Term): Term {
  if (term.kind !== "tuple") return term;
  const [tag, name, ...rest] = term.elements;
  if (tag === undefined || name === undefined) return term;
  const [last] = rest.slice(-1);
  if (isTagged(term, "load_module") && (rest.length === 0 || (rest.length === 1 && last?.kind === "list"))) {
    return tuple(tag, name, BRUTAL_PURGE, BRUTAL_PURGE, last ?? nil);
  }
  if (isTagged(term, "add_application", 2)) return tuple(tag, name, atom("permanent"));
  return isTagged(term, "update") ? expandUpdate(term, tag, name, rest) : term;
}

function expandUpdate(term: Term, tag: Term, name: Term, rest: readonly Term[]): Term {
  const [first, second] = rest;
  const inFull = (change: Term, needs: Term): Term => tuple(tag, name, change, BRUTAL_PURGE, BRUTAL_PURGE, needs);
  if (first === undefined) return inFull(SOFT, nil);
  if (rest.length === 1) {
    if (isAtom(first, "supervisor")) {
      const change = tuple(atom("advanced"), nil);
      return tuple(tag, name, atom("static"), atom("default"), change, BRUTAL_PURGE, BRUTAL_PURGE, nil);
    }
    if (first.kind === "list") return inFull(SOFT, first);
  }
  const isChange = first.kind === "tuple" || isAtom(first, "soft");
  if (isChange && rest.length === 1) return inFull(first, nil);
  if (isChange && rest.length === 2 && second?.kind === "list") return inFull(first, second);
  return term;
}
