/** What `enit_trace`, the tracer that enit puts into a node, sends to us. */
import { type Term, type TupleTerm, atomName, integerValue, isTagged, listElements } from "../../term/index.ts";

/** Something that a traced process did. */
export interface TracedMessage {
  readonly kind: "message";
  /** As the VM sent it: `{trace_ts, From, Event, ..., Timestamp}`. */
  readonly term: TupleTerm;
  /** How processes in it are called, by `processKey`: the registered name, else the function that they began with; `dead`. */
  readonly names: ReadonlyMap<string, Term>;
}

/** Why a trace ended, by its own word and, where a limit was met, with what met it. */
export type TraceEndReason =
  "timeout" | "msg_count" | "stopped" | "node_down" | "msg_queue" | "arg_length" | "arg_size" | "rate" | "tracer_died";

/** The last item of every trace. */
export interface TraceEnd {
  readonly kind: "end";
  readonly reason: TraceEndReason;
  /** How long the queue was, how large a message: what went beyond the limit. */
  readonly value: number | undefined;
  /** How many messages came. */
  readonly messages: number;
  /** What the actions `count` and `time` found. */
  readonly counters: readonly CallCounter[];
}

export interface CallCounter {
  readonly module: string;
  readonly function: string;
  readonly arity: number;
  readonly calls: number;
  /** All calls together; `undefined` without the action `time`. */
  readonly microseconds: number | undefined;
}

/** A message of the agent, as the types in `enit_trace.erl` have it. */
type AgentMessage =
  | { readonly kind: "started"; readonly started: Term }
  | { readonly kind: "message"; readonly term: TupleTerm }
  | { readonly kind: "name"; readonly process: Term; readonly name: Term }
  | ({ readonly kind: "done" } & Pick<TraceEnd, "reason" | "value" | "counters">);

/** Reads a message of the agent; `undefined` for what is none. */
export function readAgentMessage(term: Term): AgentMessage | undefined {
  if (!isTagged(term, "enit_trace")) return undefined;
  const [, tag, first, second, third] = term.elements;
  switch (atomName(tag)) {
    case "started":
      return first === undefined ? undefined : { kind: "started", started: first };
    case "message":
      return first?.kind === "tuple" ? { kind: "message", term: first } : undefined;
    case "name":
      return first === undefined || second === undefined ? undefined : { kind: "name", process: first, name: second };
    case "done":
      return { kind: "done", ...readReason(first), counters: (listElements(third) ?? []).flatMap(readCounter) };
    default:
      return undefined;
  }
}

/** The processes in a message that are shown with their names. */
export function processesIn({ elements }: TupleTerm): readonly Term[] {
  const [, from, event, , to] = elements;
  const isSend = isAtomOf(event, "send") || isAtomOf(event, "send_to_non_existing_process");
  return [from, isSend ? to : undefined].filter((each) => each?.kind === "pid");
}

/** A key for maps of processes of one node. */
export function processKey(term: Term): string {
  return term.kind === "pid" ? `${term.node}.${term.id}.${term.serial}` : "";
}

function isAtomOf(term: Term | undefined, name: string): boolean {
  return atomName(term) === name;
}

const REASONS: Readonly<Record<string, TraceEndReason>> = {
  timeout: "timeout",
  msg_count: "msg_count",
  stopped: "stopped",
  nodedown: "node_down",
  msg_queue: "msg_queue",
  arg_length: "arg_length",
  arg_size: "arg_size",
  rate: "rate",
};

function readReason(term: Term | undefined): Pick<TraceEnd, "reason" | "value"> {
  const [word, value] = term?.kind === "tuple" ? term.elements : [term];
  return { reason: REASONS[atomName(word) ?? ""] ?? "tracer_died", value: integerValue(value) };
}

function readCounter(term: Term): CallCounter[] {
  const [mfa, calls, time] = term.kind === "tuple" ? term.elements : [];
  const [module, name, arity] = mfa?.kind === "tuple" ? mfa.elements : [];
  return [
    {
      module: atomName(module) ?? "",
      function: atomName(name) ?? "",
      arity: integerValue(arity) ?? 0,
      calls: integerValue(calls) ?? 0,
      microseconds: integerValue(time),
    },
  ];
}
