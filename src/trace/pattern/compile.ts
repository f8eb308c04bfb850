/** Compiles trace patterns to what `erlang:trace_pattern/3` and `trace:function/4` take. */
import { type Term, atom, list, nil, tuple } from "../../term/index.ts";
import type { Action, CallPattern, Pattern } from "./ast.ts";
import { compileGuard } from "./compile-guard.ts";
import { compileHead } from "./compile-head.ts";
import { type NodeFacts, type Scope, errorAt } from "./names.ts";

/** What a pattern asks of the VM. */
export type CompiledPattern =
  { readonly kind: "messages"; readonly text: string; readonly direction: "send" | "receive" } | CompiledCalls;

export interface CompiledCalls {
  readonly kind: "calls";
  readonly text: string;
  /** `undefined` is any, here and below. */
  readonly module: string | undefined;
  readonly function: string | undefined;
  readonly arity: number | undefined;
  /** Whether functions that are not exported, and calls within the module, are meant as well. */
  readonly scope: "local" | "global";
  /** `[{Head, Guards, Actions}]`; `undefined` if calls are only counted. */
  readonly matchSpec: Term | undefined;
  /** What the VM sums up, to be read at the end. */
  readonly counters: readonly ("count" | "time")[];
}

/** Compiles a pattern. Throws `bad_pattern`, as `parsePattern` does. */
export function compilePattern(pattern: Pattern, node: NodeFacts): CompiledPattern {
  if (pattern.kind === "messages") return { kind: "messages", text: pattern.text, direction: pattern.direction };
  const { text, args } = pattern;
  const scope: Scope = { pattern: text, module: pattern.module.name, node, variables: new Map() };
  const head = compileArguments(scope, pattern);
  const counters = (["count", "time"] as const).filter((name) => pattern.actions.some((each) => each.name === name));
  const isTraced = counters.length === 0 || pattern.actions.some(({ name }) => name === "return" || name === "stack");
  checkCounters(scope, pattern, counters);
  const functionName = pattern.function?.name;
  const arity = args.kind === "any" ? undefined : args.kind === "arity" ? args.arity : args.args.length;
  return {
    kind: "calls",
    text,
    module: pattern.module.name,
    function: functionName,
    arity,
    scope: scopeOf(pattern),
    matchSpec: isTraced ? compileClauses(scope, pattern, head) : undefined,
    counters,
  };
}

/** A variable in place of the function means exported ones; so does one in place of the module, if no function is named. */
function scopeOf({ module, function: named }: CallPattern): "local" | "global" {
  if (named === undefined) return module.name === undefined ? "global" : "local";
  return named.name === undefined ? "global" : "local";
}

function compileArguments(scope: Scope, { args }: CallPattern): Term {
  if (args.kind !== "list") return atom("_");
  return list(args.args.map((each) => compileHead(scope, each)));
}

/** One clause for each alternative, so that a guard that fails with an error leaves the others as they are. */
function compileClauses(scope: Scope, { guards, actions }: CallPattern, head: Term): Term {
  const body = compileActions(actions);
  const clauses = guards.length === 0 ? [[]] : guards;
  return list(clauses.map((each) => tuple(head, list(each.map((guard) => compileGuard(scope, guard))), body)));
}

function compileActions(actions: readonly Action[]): Term {
  const has = (name: string): boolean => actions.some((each) => each.name === name);
  const body: Term[] = [];
  if (has("return")) body.push(tuple(atom("exception_trace")));
  if (has("stack")) body.push(tuple(atom("message"), tuple(atom("current_stacktrace"))));
  return body.length === 0 ? nil : list(body);
}

/** The VM counts all calls of a function alike, within the module too. */
function checkCounters(scope: Scope, { args, guards, actions }: CallPattern, counters: readonly string[]): void {
  const action = actions.find(({ name }) => counters.includes(name));
  if (action === undefined) return;
  const hint = "Leave the arguments and guards out, or the counting.";
  const state = `${action.name} counts all calls of a function, whatever its arguments`;
  if (args.kind === "list" && args.args.length > 0) throw errorAt(scope, action.offset, state, hint);
  if (guards.length > 0) throw errorAt(scope, action.offset, state, hint);
}
