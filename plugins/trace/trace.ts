import {
  type Context,
  EnitError,
  type LiveTrace,
  type TraceEnd,
  defineCommand,
  releaseArguments,
} from "../../src/contract/index.ts";
import { LiveItem } from "./live-item.ts";
import { LIMIT_FLAGS, readLimits } from "./limits.ts";
import { itemOptions, TRACE_FLAGS } from "./options.ts";

export const trace = defineCommand({
  group: "Look inside",
  description: "Trace what a running release does",
  details:
    "A PATTERN is `mod`, `mod:fun`, `mod:fun/3` or `mod:fun(Args)`, with `when Guards` and `-> Actions` behind it, or `send` or `receive`: the " +
    "language of redbug, which docs/trace.md describes. The actions are return, stack, time and count. Each limit is on unless it is given " +
    "as infinity, and holds in the node; whatever ends the trace, nothing stays traced. With --json each message is a document on a " +
    "line of its own.",
  examples: [
    ["trace relex lists:seq", "10 calls of lists:seq at most, for 15 seconds at most"],
    ["trace relex 'lists:seq(1, N) when N > 9 -> return,stack'", "some calls, what they return, and who called"],
    [
      "trace relex 'relex_server:handle_call -> time' --time 60",
      "how often it is called in a minute, and how long it takes",
    ],
    ["trace relex receive --procs relex_server --msgs 100", "what a process receives"],
  ],
  args: {
    ...releaseArguments,
    pattern: { type: "positional", rest: true, valueHint: "PATTERN", description: "What to trace" },
    ...LIMIT_FLAGS,
    procs: {
      type: "string",
      multiple: true,
      valueHint: "PROCESS",
      description: "A registered name, a pid such as <0.85.0>, all, new or existing (default: all)",
    },
    arity: { type: "boolean", description: "Show how many arguments there are in place of them" },
    load: { type: "boolean", description: "Load modules that are not loaded yet" },
    dangerous: { type: "boolean", description: "Trace also what may bring a busy node down" },
    debugSpec: {
      type: "string",
      alias: "debug_spec",
      multiple: true,
      valueHint: "PATTERN",
      description:
        "As the original enit has it: a pattern; no limit of time, and 100000 messages, unless others are given",
    },
    pc: TRACE_FLAGS.pc,
    otp: TRACE_FLAGS.otp,
  },
  run: async (ctx, args) => {
    const patterns = [...args.debugSpec, ...args.pattern];
    if (patterns.length === 0) {
      throw new EnitError("missing_argument", 'cannot run "trace": PATTERN is missing', {
        kind: "usage",
        hint: "Say what to trace: a module, MODULE:FUNCTION, send or receive.",
        data: { command: "trace", argument: "PATTERN" },
      });
    }
    const limits = readLimits(args);
    const release = await ctx.releases.load(args.release, { match: args.match, orRunning: true });
    const live = await ctx.tracing.start(release, patterns, {
      ...limits,
      processes: args.procs.length === 0 ? undefined : args.procs,
      arity: args.arity,
      load: args.load || args.debugSpec.length > 0,
      dangerous: args.dangerous,
      signal: ctx.signal,
    });
    ctx.log.info(describeStart(live));
    return toItems(ctx, live, itemOptions({ msgs: undefined, pc: args.pc, otp: args.otp }));
  },
  render: (item) => item.toText(),
});

function describeStart({ node, processes, functions }: LiveTrace): string {
  const what = functions === 0 ? "messages" : functions === 1 ? "1 function" : `${functions} functions`;
  const where = processes === 0 ? "new processes" : processes === 1 ? "1 process" : `${processes} processes`;
  return `tracing ${what} in ${where} of ${node}`;
}

async function* toItems(
  ctx: Context,
  live: LiveTrace,
  options: ConstructorParameters<Context["trace"]["RedbugPrinter"]>[0],
): AsyncGenerator<LiveItem, undefined> {
  const printer = new ctx.trace.RedbugPrinter(options);
  for await (const item of live.items) {
    yield new LiveItem(item, printer, ctx.trace.tracedToJson);
    if (item.kind === "end") tellEnd(ctx, item, live.node);
  }
}

const HINTS: Readonly<Partial<Record<TraceEnd["reason"], string>>> = {
  msg_queue: "messages came faster than they could be passed on; --max-queue allows more to wait",
  arg_length: "a message was too large; --max-msg-size allows larger ones, --arity leaves the arguments out",
  arg_size: "a message was too large; --max-msg-size allows larger ones, --arity leaves the arguments out",
  rate: "there were more messages in a short time than --rate allows",
};

/** Throws if the trace did not end by itself. */
function tellEnd(ctx: Context, { reason }: TraceEnd, node: string): void {
  const hint = HINTS[reason];
  if (hint !== undefined) ctx.log.warn(hint);
  if (reason === "node_down") {
    throw new EnitError("connection_closed", `cannot go on tracing on "${node}": the connection is lost`, {
      hint: "Nothing stays traced there: the node ends a trace whose connection is gone.",
      data: { node },
    });
  }
  if (reason === "tracer_died") {
    throw new EnitError("tracer_died", `cannot go on tracing on "${node}": somebody killed the tracer`, {
      data: { node },
    });
  }
}
