import {
  type JsonValue,
  type Term,
  atomName,
  integerValue,
  listElements,
  printTerm,
  termToJson,
} from "../../term/index.ts";
import type { EventMessage, SeqMessage, TraceMessage } from "./message.ts";

type Fields = Record<string, JsonValue>;

/**
 * Turns a message into JSON: its `kind`, the fields of it, and the terms in them as `termToJson` has them.
 *
 * The shape is documented in docs/trace.md.
 */
export function traceMessageToJson(message: TraceMessage): Readonly<Fields> {
  switch (message.kind) {
    case "event":
      return eventToJson(message);
    case "seq_trace":
      return seqToJson(message);
    case "drop":
      return { kind: "drop", count: message.count };
    case "other":
      return { kind: "other", term: termToJson(message.term) };
    case "unreadable":
      return { kind: "unreadable", size: message.size, reason: message.reason };
  }
}

function eventToJson({ event, term, size, timestamp }: EventMessage): Fields {
  const [, from] = term.elements;
  return {
    kind: event,
    from: from === undefined ? null : printTerm(from),
    node: nodeOf(from),
    ...detailsToJson(event, term.elements.slice(3, size)),
    ...timestampToJson(timestamp),
  };
}

function detailsToJson(event: string, details: readonly Term[]): Fields {
  const [first, second] = details;
  if (first !== undefined) {
    switch (event) {
      case "call":
        return { ...callToJson(first), ...(second === undefined ? {} : { message: termToJson(second) }) };
      case "return_to":
        return callToJson(first);
      case "receive":
        return { message: termToJson(first) };
      default:
    }
    if (second !== undefined) {
      switch (event) {
        case "return_from":
          return { ...callToJson(first), value: termToJson(second) };
        case "exception_from":
          return { ...callToJson(first), ...exceptionToJson(second) };
        case "send":
        case "send_to_non_existing_process":
          return { message: termToJson(first), to: termToJson(second) };
        case "spawn":
        case "spawned":
          return { pid: termToJson(first), ...callToJson(second) };
        default:
      }
    }
  }
  return { details: details.map(termToJson) };
}

/** `{M,F,Args}` or `{M,F,Arity}`; anything else, such as the `undefined` of a return to nowhere, as it is. */
function callToJson(term: Term): Fields {
  const [module, name, args, more] = term.kind === "tuple" ? term.elements : [];
  const moduleName = atomName(module);
  const functionName = atomName(name);
  const list = listElements(args);
  const arity = list?.length ?? integerValue(args);
  if (moduleName === undefined || functionName === undefined || arity === undefined || more !== undefined) {
    return { call: termToJson(term) };
  }
  const mfa = { module: moduleName, function: functionName, arity };
  return list === undefined ? mfa : { ...mfa, args: list.map(termToJson) };
}

function exceptionToJson(term: Term): Fields {
  const [kind, value, more] = term.kind === "tuple" ? term.elements : [];
  const name = atomName(kind);
  if (name === undefined || value === undefined || more !== undefined) return { value: termToJson(term) };
  return { class: name, value: termToJson(value) };
}

function seqToJson({ label, info, timestamp }: SeqMessage): Fields {
  const [event, serial, from, to, message] = info.kind === "tuple" ? info.elements : [];
  const name = atomName(event);
  const isKnown = name === "send" || name === "receive" || name === "print";
  const details: Fields =
    isKnown && serial !== undefined && from !== undefined && to !== undefined && message !== undefined
      ? {
          event: name,
          serial: termToJson(serial),
          from: termToJson(from),
          to: termToJson(to),
          message: termToJson(message),
        }
      : { info: termToJson(info) };
  return { kind: "seq_trace", label: termToJson(label), ...details, ...timestampToJson(timestamp) };
}

function timestampToJson(timestamp: Term | undefined): Fields {
  return timestamp === undefined ? {} : { timestamp: termToJson(timestamp) };
}

function nodeOf(from: Term | undefined): string | null {
  return from?.kind === "pid" || from?.kind === "port" ? from.node : null;
}
