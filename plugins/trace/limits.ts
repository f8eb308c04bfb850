import {
  type ArgumentDefinitions,
  type ArgumentValues,
  EnitError,
  type TraceOptions,
} from "../../src/contract/index.ts";

/** The limits of a trace. */
export const LIMIT_FLAGS = {
  time: { type: "string", valueHint: "SECONDS|infinity", description: "Stop after this time (default: 15)" },
  msgs: {
    type: "string",
    valueHint: "N|infinity",
    description: "Stop after N messages; a call and its return are two (default: 10)",
  },
  rate: {
    type: "string",
    valueHint: "N/MS|infinity",
    description: "Stop if there are more than N messages in MS milliseconds (default: 5000/1000)",
  },
  maxQueue: {
    type: "number",
    integer: true,
    min: 1,
    max: 1_000_000,
    valueHint: "N",
    description: "Stop if more than N messages wait in the node (default: 5000)",
  },
  maxMsgSize: {
    type: "number",
    integer: true,
    min: 1,
    max: 100_000_000,
    valueHint: "N",
    description: "Stop at a list with N elements, or a binary of more than N bytes (default: 50000)",
  },
} as const satisfies ArgumentDefinitions;

/** `--debug_spec` as the original enit has it hands these to redbug. */
const DEBUG_SPEC_LIMITS = { seconds: "infinity", messages: 100_000 } as const;

/** Reads the values of `LIMIT_FLAGS`. Throws `bad_argument`. */
export function readLimits(
  args: ArgumentValues<typeof LIMIT_FLAGS> & { readonly debugSpec: readonly string[] },
): Pick<TraceOptions, "seconds" | "messages" | "rate" | "queue" | "size"> {
  const defaults = args.debugSpec.length === 0 ? { seconds: undefined, messages: undefined } : DEBUG_SPEC_LIMITS;
  return {
    seconds: readLimit("--time", args.time, /^\d{1,7}(\.\d{1,3})?$/) ?? defaults.seconds,
    messages: readLimit("--msgs", args.msgs, /^[1-9]\d{0,11}$/) ?? defaults.messages,
    rate: readRate(args.rate),
    queue: args.maxQueue,
    size: args.maxMsgSize,
  };
}

function readLimit(flag: string, text: string | undefined, form: RegExp): number | "infinity" | undefined {
  if (text === undefined || text === "infinity") return text;
  if (form.test(text) && Number(text) > 0) return Number(text);
  throw badLimit(flag, text, 'it is no such number above 0, and not "infinity"');
}

function readRate(text: string | undefined): TraceOptions["rate"] {
  if (text === undefined || text === "infinity") return text;
  const [, messages, milliseconds] = /^([1-9]\d{0,8})\/([1-9]\d{0,8})$/.exec(text) ?? [];
  if (messages === undefined || milliseconds === undefined) {
    throw badLimit("--rate", text, "it is not N/MS, such as 100/1000 for 100 messages in a second");
  }
  return { messages: Number(messages), milliseconds: Number(milliseconds) };
}

function badLimit(flag: string, text: string, state: string): EnitError {
  return new EnitError("bad_argument", `cannot use "${text}" as ${flag}: ${state}`, { kind: "usage" });
}
