/** Erlang terms as what templates are rendered with. */
import {
  type Term,
  type TupleTerm,
  booleanValue,
  isTuple,
  listElements,
  printTerm,
  stringValue,
  textValue,
} from "../../term/index.ts";

/** A value of a variable: text, a condition, a section's items, or a section's own variables. */
export type ViewValue = string | boolean | readonly ViewValue[] | View;

/** Values by the names of their variables. */
export interface View {
  readonly [name: string]: ViewValue;
}

/**
 * The value that a template sees of a term: `true` and `false` are conditions; strings, binaries and other atoms their text;
 * `[{Name, Value}]` names for a section; a list of such lists, or `{list, [...]}` as rebar has it, a section that is repeated;
 * anything else is printed as `~tp` does.
 */
export function toViewValue(term: Term): ViewValue {
  const text = booleanValue(term) ?? textValue(term);
  if (text !== undefined) return text;
  const items = listElements(term);
  if (items !== undefined) {
    const pairs = items.map(pairOf);
    if (pairs.every((pair) => pair !== undefined)) return viewOf(pairs);
    if (items.every(isProperties)) return items.map(toViewValue);
  }
  const tagged =
    isTuple(term, 2) && textValue(term.elements[0]) === "list" ? listElements(term.elements[1]) : undefined;
  return tagged === undefined ? printTerm(term, { format: "tp" }) : tagged.map(toViewValue);
}

/** A view without a prototype, as `toString` is no variable. Of two pairs with one name the first counts. */
function viewOf(pairs: readonly (readonly [string, Term])[]): View {
  const view: Record<string, ViewValue> = Object.create(null) as Record<string, ViewValue>;
  for (const [name, value] of pairs) view[name] ??= toViewValue(value);
  return view;
}

/** A list of pairs. A string is none, as its elements are numbers. */
function isProperties(term: Term): boolean {
  const items = listElements(term);
  return items !== undefined && items.length > 0 && items.every((item) => pairOf(item) !== undefined);
}

function pairOf(term: Term): readonly [string, Term] | undefined {
  return isTuple(term, 2) ? pairOfTuple(term) : undefined;
}

/** `{Name, Value}`, its name an atom, string or binary. */
export function pairOfTuple({ elements: [nameTerm, value] }: TupleTerm): readonly [string, Term] | undefined {
  const name = stringValue(nameTerm) === "" ? undefined : textValue(nameTerm);
  return name === undefined || value === undefined ? undefined : [name, value];
}
