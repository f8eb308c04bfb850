export type { TraceMessage } from "./codec/message.ts";
export { traceMessageToJson } from "./codec/json.ts";
export { TracePrinter } from "./codec/print.ts";
export type { TracePrintOptions } from "./codec/print.ts";
export { readTraceFile } from "./trace-file.ts";
export type { TraceFileOptions } from "./trace-file.ts";
export { readTracePort } from "./trace-port.ts";
export type { TracePortOptions } from "./trace-port.ts";
export { RedbugPrinter, processKey, processesIn, readAgentMessage, tracedToJson } from "./live/index.ts";
export type { CallCounter, TraceEnd, TraceEndReason, TracedMessage } from "./live/index.ts";
export { compilePattern, findDanger, parsePattern, patternError, recordsOf } from "./pattern/index.ts";
export type {
  CallPattern,
  CompiledCalls,
  CompiledPattern,
  Identifier,
  NodeFacts,
  Pattern,
  RecordName,
} from "./pattern/index.ts";
