export { tracedToJson } from "./json.ts";
export { processKey, processesIn, readAgentMessage } from "./message.ts";
export type { CallCounter, TraceEnd, TraceEndReason, TracedMessage } from "./message.ts";
export { RedbugPrinter } from "./print.ts";
