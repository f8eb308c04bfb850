import { EnitError } from "../error/index.ts";
import type { TraceDecoder } from "./codec/decoder.ts";

/** The trace ends within a message. */
export function cutTrace(source: string, decoder: TraceDecoder): EnitError {
  const { offset, unfinishedBytes } = decoder;
  const state = `it ends within a message, of which ${unfinishedBytes} bytes are there`;
  return new EnitError("trace_cut", `cannot read the end of the trace "${source}": ${state}, at byte ${offset}`, {
    kind: "input",
    hint: "Everything before it was read. A tracer writes what it holds back when it ends, or on dbg:flush_trace_port().",
    data: { source, offset, unfinishedBytes },
  });
}

/** What the system said, as words: `it does not exist`; the system's own word where we have none. */
export function systemState(cause: unknown): string {
  const code = systemCode(cause);
  return (
    (code === undefined ? undefined : STATES[code]) ?? code ?? (cause instanceof Error ? cause.message : "unknown")
  );
}

export function systemCode(cause: unknown): string | undefined {
  return cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : undefined;
}

const STATES: Readonly<Record<string, string>> = {
  ENOENT: "it does not exist",
  ENOTDIR: "it does not exist",
  EACCES: "permission denied",
  EISDIR: "it is a directory",
  ECONNREFUSED: "nobody listens there",
  ENOTFOUND: "the host is unknown",
  DNS_ENOTFOUND: "the host is unknown",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the host cannot be reached",
  ETIMEDOUT: "the host does not answer",
  ECONNRESET: "the connection was reset",
};
