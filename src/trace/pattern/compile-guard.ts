/** Compiles guards to conditions of a match specification, as `dbg:fun2ms/1` does. */
import { nearestName } from "../../error/index.ts";
import { type Term, atom, integer, list, map, tuple } from "../../term/index.ts";
import type { Expression } from "./ast.ts";
import { append } from "./compile-head.ts";
import { layOutRecord } from "./compile-record.ts";
import { guardArities, guardFunctionNames, isGuardFunction } from "./guard-functions.ts";
import { type Scope, errorAt, identify } from "./names.ts";

type Call = Expression & { readonly kind: "call" };

/** Compiles a guard or a part of one. Quoted atoms such as `'$_'` mean what they mean in match specifications, as in redbug. */
export function compileGuard(scope: Scope, expression: Expression): Term {
  const { offset } = expression;
  const compile = (each: Expression): Term => compileGuard(scope, each);
  switch (expression.kind) {
    case "literal":
      return expression.term;
    case "identifier":
      return identify(scope, expression.identifier, offset);
    case "variable":
      return lookUp(scope, expression.name, offset);
    case "tuple":
      return made(expression.elements.map(compile));
    case "list":
      return list(
        expression.elements.map(compile),
        expression.tail === undefined ? undefined : compile(expression.tail),
      );
    case "map":
      return map(expression.entries.map(([key, value]): [Term, Term] => [compile(key), compile(value)]));
    case "record":
      return compileRecord(scope, expression);
    case "append":
      return append(scope, expression.left, compile(expression.left), compile(expression.right));
    case "call":
      return expression.name === "is_record" ? compileIsRecord(scope, expression) : compileCall(scope, expression);
  }
}

/** A tuple stands in another one, as a bare one is a call. */
function made(elements: readonly Term[]): Term {
  return tuple(tuple(...elements));
}

function lookUp(scope: Scope, name: string, offset: number): Term {
  if (name === "_") throw errorAt(scope, offset, "_ has no value", "Give the argument a name.");
  const variable = scope.variables.get(name);
  if (variable !== undefined) return atom(variable);
  const nearest = nearestName(name, scope.variables.keys());
  const hint = nearest === undefined ? "Only variables of the arguments have values." : `Did you mean ${nearest}?`;
  throw errorAt(scope, offset, `the variable ${name} stands nowhere among the arguments`, hint);
}

function compileCall(scope: Scope, { name, args, offset }: Call): Term {
  if (!isGuardFunction(name, args.length)) throw unknownFunction(scope, name, args.length, offset);
  return tuple(atom(name), ...args.map((each) => compileGuard(scope, each)));
}

function unknownFunction(scope: Scope, name: string, arity: number, offset: number) {
  const arities = guardArities(name);
  if (arities.length > 0) {
    const counts = arities.join(" or ");
    return errorAt(scope, offset, `${name} takes ${counts} ${counts === "1" ? "argument" : "arguments"}, not ${arity}`);
  }
  const nearest = nearestName(name, guardFunctionNames());
  const hint =
    nearest === undefined ? "Guards can call what the VM knows in match specifications." : `Did you mean ${nearest}?`;
  return errorAt(scope, offset, `there is no guard function ${name}/${arity}`, hint);
}

/** A whole record: every field must have a value, as fields that are left out could be anything. */
function compileRecord(scope: Scope, expression: Expression & { readonly kind: "record" }): Term {
  const { size, values } = layOutRecord(scope, expression);
  if (values.size < size - 1) {
    const hint = "A record among the arguments may leave fields out; behind when, ask with is_record.";
    throw errorAt(scope, expression.offset, `the record ${expression.name} needs all its fields here`, hint);
  }
  const fields = Array.from({ length: size - 1 }, (_, index) => values.get(index)).filter((each) => each !== undefined);
  return made([atom(expression.name), ...fields.map((each) => compileGuard(scope, each))]);
}

/**
 * `is_record(mod#rec, X)` as redbug has it, `is_record(X, mod#rec)`, and as in Erlang `is_record(X, rec)` (of the module that
 * is traced) and `is_record(X, rec, Size)`.
 */
function compileIsRecord(scope: Scope, call: Call): Term {
  const [first, second, third] = call.args;
  const swapped = first?.kind === "record";
  const value = swapped ? second : first;
  const record = swapped ? first : second;
  if (value === undefined || record === undefined || call.args.length > 3) {
    throw unknownFunction(scope, call.name, call.args.length, call.offset);
  }
  if (third !== undefined) {
    return tuple(atom("is_record"), ...call.args.map((each) => compileGuard(scope, each)));
  }
  const name = recordName(record);
  if (name === undefined) throw errorAt(scope, record.offset, "a record is expected: mod#rec");
  const { size } = layOutRecord(scope, name);
  return tuple(atom("is_record"), compileGuard(scope, value), atom(name.name), integer(size));
}

function recordName(expression: Expression): (Expression & { readonly kind: "record" }) | undefined {
  if (expression.kind === "record") return expression;
  if (expression.kind !== "literal" || expression.term.kind !== "atom") return undefined;
  return { kind: "record", module: undefined, name: expression.term.name, fields: [], offset: expression.offset };
}
