import { type JsonValue, printTerm, type Term } from "../../term/index.ts";
import { traceMessageToJson } from "../codec/json.ts";
import { toTraceMessage } from "../codec/message.ts";
import { type TraceEnd, type TracedMessage, processKey } from "./message.ts";
import { readStack } from "./stack.ts";
import { timeOf } from "./time.ts";

/**
 * An item of a trace as JSON: a message in the form of `traceMessageToJson`, with the time as text, the names of processes,
 * and the stack as frames; the end with its reason and counts. The shape is documented in docs/trace.md.
 */
export function tracedToJson(item: TracedMessage | TraceEnd): Readonly<Record<string, JsonValue>> {
  if (item.kind === "end") return endToJson(item);
  const { term, names } = item;
  const [, from, , , to] = term.elements;
  const { timestamp: _, message, ...fields } = traceMessageToJson(toTraceMessage(term));
  const time = timeOf(term);
  const isCall = fields["kind"] === "call";
  return {
    kind: fields["kind"] ?? "other",
    time: time === undefined ? null : time.iso,
    name: nameOf(from, names),
    ...fields,
    ...(isCall || message === undefined ? {} : { message }),
    ...(fields["to"] === undefined ? {} : { toName: nameOf(to, names) }),
    ...(isCall && message !== undefined ? { stack: stackToJson(term.elements[4]) } : {}),
  };
}

function endToJson({ reason, value, messages, counters }: TraceEnd): Readonly<Record<string, JsonValue>> {
  return {
    kind: "end",
    reason,
    value: value ?? null,
    messages,
    counters: counters.map(({ microseconds, ...each }) => ({ ...each, microseconds: microseconds ?? null })),
  };
}

function nameOf(process: Term | undefined, names: ReadonlyMap<string, Term>): string | null {
  const name = process === undefined ? undefined : names.get(processKey(process));
  return name === undefined ? null : printTerm(name, { format: "tw" });
}

function stackToJson(term: Term | undefined): JsonValue {
  return readStack(term).map(({ call, file, line }) => ({ call, file: file ?? null, line: line ?? null }));
}
