import { type Term, type TupleTerm, atomName } from "../../term/index.ts";

/** What a trace port sends, one value a message. */
export type TraceMessage = EventMessage | SeqMessage | DropMessage | OtherMessage | UnreadableMessage;

/** What a traced process or port did: `{trace, From, Event, ...}`, or `{trace_ts, From, Event, ..., Timestamp}`. */
export interface EventMessage {
  readonly kind: "event";
  /** What happened, by Erlang's name: `call`, `return_from`, `send`, `gc_minor_start`... */
  readonly event: string;
  /** The message as it was sent. */
  readonly term: TupleTerm;
  /** How many elements of the tuple there are before the timestamp. */
  readonly size: number;
  readonly timestamp: Term | undefined;
}

/** A message of the sequential trace: `{seq_trace, Label, Info}`, or with a timestamp behind. */
export interface SeqMessage {
  readonly kind: "seq_trace";
  readonly label: Term;
  /** `{send, Serial, From, To, Message}`, the same with `'receive'` or `print`, or anything else. */
  readonly info: Term;
  readonly timestamp: Term | undefined;
}

/** The tracer could not keep up, or nobody listened: so many messages were not sent. */
export interface DropMessage {
  readonly kind: "drop";
  readonly count: number;
}

/** A term that is no trace message; `dbg` prints nothing for it. */
export interface OtherMessage {
  readonly kind: "other";
  readonly term: Term;
}

/** A message whose term is deeper or larger than our limits, or of a kind that means nothing outside of its node. */
export interface UnreadableMessage {
  readonly kind: "unreadable";
  /** In bytes. */
  readonly size: number;
  readonly reason: string;
}

/** Tells what a term is that came from a trace port. Source: `erlang:trace/3` and `seq_trace` of OTP 25 to 29. */
export function toTraceMessage(term: Term): TraceMessage {
  if (term.kind !== "tuple") return { kind: "other", term };
  const { elements } = term;
  switch (atomName(elements[0])) {
    case "trace":
      return toEvent(term, elements.length, undefined);
    case "trace_ts":
      return toEvent(term, elements.length - 1, elements.at(-1));
    case "seq_trace":
      return toSeqMessage(term);
    case "drop":
      return toDrop(term);
    default:
      return { kind: "other", term };
  }
}

function toEvent(term: TupleTerm, size: number, timestamp: Term | undefined): TraceMessage {
  const event = size < 3 ? undefined : atomName(term.elements[2]);
  return event === undefined ? { kind: "other", term } : { kind: "event", event, term, size, timestamp };
}

function toSeqMessage(term: TupleTerm): TraceMessage {
  const [, label, info, timestamp, more] = term.elements;
  if (label === undefined || info === undefined || more !== undefined) return { kind: "other", term };
  return { kind: "seq_trace", label, info, timestamp };
}

function toDrop(term: TupleTerm): TraceMessage {
  const [, count] = term.elements;
  if (term.elements.length !== 2 || count?.kind !== "integer") return { kind: "other", term };
  return { kind: "drop", count: Number(count.value) };
}
