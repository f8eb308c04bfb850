import { atomName, integerValue, stringValue, type Term } from "../term/index.ts";

/** A term on one line. */
export function reasonText(term: Term): string {
  if (term.kind === "tuple") return `{${term.elements.map(reasonText).join(",")}}`;
  if (term.kind === "list") return stringValue(term) || `[${term.elements.map(reasonText).join(",")}]`;
  return atomName(term) ?? String(integerValue(term) ?? term.kind);
}
