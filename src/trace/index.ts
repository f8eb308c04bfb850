export type { TraceMessage } from "./codec/message.ts";
export { traceMessageToJson } from "./codec/json.ts";
export { TracePrinter } from "./codec/print.ts";
export type { TracePrintOptions } from "./codec/print.ts";
export { readTraceFile } from "./trace-file.ts";
export type { TraceFileOptions } from "./trace-file.ts";
export { readTracePort } from "./trace-port.ts";
export type { TracePortOptions } from "./trace-port.ts";
