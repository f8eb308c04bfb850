import { type Term, type TupleTerm, atomName, booleanValue, integerValue, textValue } from "../../term/index.ts";

/** What an argument of an operation may be, by name; see the contract's `OverlayArgument`. */
const READERS = {
  path: textValue,
  text: textValue,
  atom: atomName,
  integer: integerValue,
  boolean: booleanValue,
  term: (term: Term) => term,
} as const satisfies Readonly<Record<string, (term: Term) => unknown>>;

type ArgumentType = keyof typeof READERS;

/** The arguments of an instruction, or what is wrong with them. Paths are rendered. */
export function readOverlayArguments(
  instruction: TupleTerm,
  types: readonly string[],
  renderPath: (path: string) => string,
): readonly unknown[] | string {
  const terms = instruction.elements.slice(1);
  const required = types.filter((type) => !type.endsWith("?")).length;
  if (terms.length < required || terms.length > types.length) {
    const wanted = required === types.length ? `${required}` : `${required} to ${types.length}`;
    return `it takes ${wanted} arguments (${types.join(", ")}), not ${terms.length}`;
  }
  const values: unknown[] = [];
  for (const [index, term] of terms.entries()) {
    const type = types[index]?.replace(/\?$/, "") ?? "term";
    const value = isType(type) ? READERS[type](term) : undefined;
    if (value === undefined) return `its argument ${index + 1} must be ${FORMS[type] ?? `of the type ${type}`}`;
    values.push(type === "path" && typeof value === "string" ? renderPath(value) : value);
  }
  return values;
}

const FORMS: Readonly<Record<string, string>> = {
  path: "a path: a string",
  text: "a string, binary or atom",
  atom: "an atom",
  integer: "an integer",
  boolean: "true or false",
};

function isType(type: string): type is ArgumentType {
  return Object.hasOwn(READERS, type);
}
