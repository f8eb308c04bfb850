import { expect } from "bun:test";
import { type Term, atomName, isTagged, isTuple, listElements, printTerm } from "../../../src/term/index.ts";

/** What each module needs, as the appups say. */
export type Needs = Readonly<Record<string, readonly string[]>>;

/** The instructions with everything in a fixed order that dependencies may leave open. */
export function withoutOrder(instructions: readonly Term[]): string[] {
  const parts: string[][] = [];
  let last = "";
  for (const term of instructions) {
    const tag = tagOf(term);
    const kind = ["load", "remove", "purge"].includes(tag) ? "code" : tag;
    const runs = kind === "code" || kind === "load_object_code";
    const text = printTerm(isTuple(term) ? { ...term, elements: term.elements.map(sorted) } : term, { format: "tw" });
    if (runs && kind === last) parts.at(-1)?.push(text);
    else parts.push([text]);
    last = kind;
  }
  return parts.flatMap((part) => part.sort());
}

/** Sorts the modules of an operand: of a list, or of the list in `{LIB, VSN, MODULES}`. */
function sorted(operand: Term): Term {
  if (operand.kind === "list" && operand.elements.every((each) => each.kind !== "integer")) {
    const text = (term: Term): string => printTerm(term, { format: "tw" });
    return { ...operand, elements: operand.elements.toSorted((a, b) => (text(a) < text(b) ? -1 : 1)) };
  }
  return isTuple(operand, 3) ? { ...operand, elements: operand.elements.map(sorted) } : operand;
}

/** Each module is loaded, suspended and resumed where what it needs allows, unless both need each other. */
export function expectValidOrder(instructions: readonly Term[], direction: "up" | "down", needs: Needs): void {
  const code = instructions.flatMap((term) => (["load", "remove"].includes(tagOf(term)) ? moduleOf(term) : []));
  const listed = (tag: string): string[] => {
    const lists = instructions.flatMap((term) =>
      isTagged(term, tag, 2) ? (listElements(term.elements[1]) ?? []) : [],
    );
    return lists.flatMap((each) => atomName(isTuple(each) ? each.elements[0] : each) ?? []);
  };
  const first = (order: readonly string[], a: string, b: string): boolean =>
    !order.includes(a) || !order.includes(b) || order.indexOf(a) < order.indexOf(b);
  for (const [module, needed] of Object.entries(needs)) {
    for (const each of needed.filter((other) => !reaches(other, module, needs))) {
      const loaded = direction === "up" ? first(code, each, module) : first(code, module, each);
      const held = first(listed("suspend"), module, each) && first(listed("resume"), each, module);
      expect({ module, needs: each, loaded, held }).toEqual({ module, needs: each, loaded: true, held: true });
    }
  }
}

function reaches(from: string, to: string, needs: Needs): boolean {
  const seen = new Set([from]);
  for (const each of seen) for (const next of needs[each] ?? []) seen.add(next);
  return seen.has(to);
}

function tagOf(term: Term): string {
  return atomName(isTuple(term) ? term.elements[0] : term) ?? "";
}

function moduleOf(term: Term): string[] {
  const operand = isTuple(term) ? term.elements[1] : undefined;
  return [atomName(isTuple(operand) ? operand.elements[0] : undefined) ?? ""];
}
