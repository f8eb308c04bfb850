/** Compiles the arguments of a pattern to the head of a match specification. */
import { type Term, atom, list, map, tuple } from "../../term/index.ts";
import type { Expression } from "./ast.ts";
import { layOutRecord } from "./compile-record.ts";
import { SPECIAL_ATOM, type Scope, errorAt, identify } from "./names.ts";

const ANYTHING = atom("_");

/** Compiles an argument or a part of one; the variables that it binds are added to the scope. */
export function compileHead(scope: Scope, expression: Expression): Term {
  const { offset } = expression;
  switch (expression.kind) {
    case "literal":
      return checkLiteral(scope, expression.term, offset);
    case "identifier":
      return identify(scope, expression.identifier, offset);
    case "variable":
      return expression.name === "_" ? ANYTHING : atom(bind(scope, expression.name));
    case "tuple":
      return tuple(...expression.elements.map((each) => compileHead(scope, each)));
    case "list": {
      const elements = expression.elements.map((each) => compileHead(scope, each));
      return list(elements, expression.tail === undefined ? undefined : compileHead(scope, expression.tail));
    }
    case "map":
      return map(
        expression.entries.map(([key, value]): [Term, Term] => [compileKey(scope, key), compileHead(scope, value)]),
      );
    case "record": {
      const { size, values } = layOutRecord(scope, expression);
      const fields = Array.from({ length: size - 1 }, (_, index) => {
        const value = values.get(index);
        return value === undefined ? ANYTHING : compileHead(scope, value);
      });
      return tuple(atom(expression.name), ...fields);
    }
    case "append":
      return append(scope, expression.left, compileHead(scope, expression.left), compileHead(scope, expression.right));
    case "call":
      throw errorAt(
        scope,
        offset,
        `${expression.name} cannot be called among arguments`,
        "Name the argument with a variable, and ask for it behind when.",
      );
  }
}

/** Joins a list of known length with what follows. Throws `bad_pattern` if the length is not known. */
export function append(scope: Scope, left: Expression, elements: Term, tail: Term): Term {
  if (elements.kind === "list" && elements.tail === undefined) {
    return elements.elements.length === 0 ? tail : list(elements.elements, tail);
  }
  throw errorAt(scope, left.offset, "what stands before ++ must be a list or a string");
}

function bind({ variables }: Scope, name: string): string {
  const known = variables.get(name) ?? `$${variables.size + 1}`;
  variables.set(name, known);
  return known;
}

/** The VM takes a key as it is. */
function compileKey(scope: Scope, key: Expression): Term {
  if (key.kind === "variable") throw errorAt(scope, key.offset, "the key of a map cannot be a variable");
  return compileHead(scope, key);
}

/** `'_'` is the same as `_`, as in redbug. */
function checkLiteral(scope: Scope, term: Term, offset: number): Term {
  if (term.kind !== "atom" || !SPECIAL_ATOM.test(term.name)) return term;
  throw errorAt(scope, offset, `the VM takes the atom '${term.name}' for a variable`, "Write a variable: X");
}
