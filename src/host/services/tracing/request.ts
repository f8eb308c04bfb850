import type { TraceOptions } from "../../../contract/index.ts";
import type { NodeConnection } from "../../../dist/index.ts";
import { EnitError } from "../../../error/index.ts";
import { type Term, atom, integer, list, map, tuple } from "../../../term/index.ts";
import type { CompiledCalls, CompiledPattern, Identifier } from "../../../trace/index.ts";

const DEFAULT_SECONDS = 15;
const DEFAULT_MESSAGES = 10;
const DEFAULT_RATE = { messages: 5000, milliseconds: 1000 };
export const DEFAULT_QUEUE = 5000;
const DEFAULT_SIZE = 50_000;

/** Which processes are to be traced: a group, a registered name, or a pid. */
export type ProcessChoice =
  | { readonly kind: "group"; readonly group: "all" | "new" | "existing" }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "pid"; readonly text: string; readonly id: number; readonly serial: number };

/** Reads the processes of `TraceOptions`. Throws `bad_process`. */
export function readProcesses(texts: readonly string[]): readonly ProcessChoice[] {
  return texts.map((text): ProcessChoice => {
    switch (text) {
      case "all":
      case "new":
      case "existing":
        return { kind: "group", group: text };
      case "running": // redbug's word
        return { kind: "group", group: "existing" };
      default:
    }
    const [, id, serial] = /^<0\.(\d{1,9})\.(\d{1,9})>$/.exec(text) ?? [];
    if (id !== undefined && serial !== undefined) {
      return { kind: "pid", text, id: Number(id), serial: Number(serial) };
    }
    if (text === "" || text.startsWith("<")) throw badProcess(text);
    return { kind: "name", name: text };
  });
}

/** The request as the type `enit_trace:request()` has it. */
export function makeRequest(
  patterns: readonly CompiledPattern[],
  processes: readonly ProcessChoice[],
  node: NodeConnection,
  options: TraceOptions,
): Term {
  const { seconds = DEFAULT_SECONDS, messages = DEFAULT_MESSAGES, rate = DEFAULT_RATE } = options;
  const calls = patterns.filter((each) => each.kind === "calls");
  return map([
    [atom("patterns"), list(calls.map(patternTerm))],
    [atom("flags"), list(flagsOf(patterns, options).map(atom))],
    [atom("processes"), list(processes.map((each) => processTerm(each, node)))],
    [atom("load"), atom(String(options.load === true))],
    [atom("time"), seconds === "infinity" ? atom(seconds) : integer(Math.ceil(seconds * 1000))],
    [atom("messages"), messages === "infinity" ? atom(messages) : integer(messages)],
    [atom("rate"), rate === "infinity" ? atom(rate) : tuple(integer(rate.messages), integer(rate.milliseconds))],
    [atom("queue"), integer(options.queue ?? DEFAULT_QUEUE)],
    [atom("size"), integer(options.size ?? DEFAULT_SIZE)],
  ]);
}

/** The term of an identifier on a node; `undefined` if it is another node's. */
export function identifyOn(node: NodeConnection, { kind, numbers }: Identifier): Term | undefined {
  const [first, second, third = 0n] = numbers;
  if (first !== 0n || second === undefined) return undefined;
  const owner = { node: node.node, creation: node.creation };
  switch (kind) {
    case "pid":
      return { kind, ...owner, id: Number(second), serial: Number(third) };
    case "port":
      return { kind, ...owner, id: second };
    case "reference":
      // A shell prints the words from the last to the first.
      return { kind, ...owner, words: numbers.slice(1).map(Number).toReversed() };
  }
}

function patternTerm({ module, function: name, arity, scope, matchSpec, counters }: CompiledCalls): Term {
  const any = atom("_");
  return tuple(
    module === undefined ? any : atom(module),
    name === undefined ? any : atom(name),
    arity === undefined ? any : integer(arity),
    atom(scope),
    matchSpec ?? atom("none"),
    list(counters.map((each) => atom(`call_${each}`))),
  );
}

function flagsOf(patterns: readonly CompiledPattern[], { arity }: TraceOptions): string[] {
  const kinds = new Set(patterns.map((each) => (each.kind === "calls" ? "call" : each.direction)));
  return [...kinds, "timestamp", ...(arity === true ? ["arity"] : [])];
}

function processTerm(choice: ProcessChoice, { node, creation }: NodeConnection): Term {
  switch (choice.kind) {
    case "group":
      return atom(choice.group);
    case "name":
      return tuple(atom("name"), atom(choice.name));
    case "pid":
      return { kind: "pid", node, id: choice.id, serial: choice.serial, creation };
  }
}

function badProcess(text: string): EnitError {
  return new EnitError("bad_process", `cannot trace the process "${text}": it is no pid of the node, and no name`, {
    kind: "usage",
    hint: "Give a registered name, a pid such as <0.85.0>, all, new or existing.",
  });
}
