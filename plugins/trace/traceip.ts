import { EnitError, defineCommand } from "../../src/contract/index.ts";
import { type TraceEnd, toItems } from "./items.ts";
import { OUTPUT_DETAILS, TRACE_FLAGS, itemOptions, limitTime } from "./options.ts";

export const traceip = defineCommand({
  group: "Look inside",
  description: "Print the trace messages that a node sends to a TCP port",
  details:
    "Connects to a trace port that enitdbg:ip(PORT) or dbg:tracer(port, dbg:trace_port(ip, PORT)) opened on a node, and " +
    `prints what is traced there until the node closes the port, Ctrl-C, or a limit. ${OUTPUT_DETAILS}`,
  examples: [
    ["traceip 9876", "print the trace of a node on this host"],
    ["traceip 9876 -h db1 --msgs 100 --time 15", "at most 100 messages, for at most 15 seconds"],
    ["traceip 9876 --json | jq .data.from", "the processes that were traced"],
  ],
  args: {
    port: { type: "positional", required: true, valueHint: "PORT", description: "The TCP port" },
    host: { type: "string", alias: "h", default: "localhost", valueHint: "HOST", description: "Where the node runs" },
    ...TRACE_FLAGS,
  },
  run: (ctx, args) => {
    const port = readPort(args.port);
    const { signal, isTimeUp } = limitTime(ctx, args.time);
    const reason = ({ isLimited }: TraceEnd): string => {
      if (isLimited) return "the limit of messages is reached";
      if (ctx.signal.aborted) return "interrupted";
      return isTimeUp() ? "the time is up" : "the node closed the port";
    };
    return toItems(ctx, ctx.trace.readTracePort({ host: args.host, port, signal }), {
      ...itemOptions(args),
      onEnd: (end) => ctx.log.info(`${reason(end)}: ${describeCounts(end)}`),
    });
  },
  render: (item) => item.toText(),
});

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new EnitError("bad_port", `cannot connect to the port "${text}": it is no number from 1 to 65535`, {
    kind: "usage",
  });
}

function describeCounts({ messages, dropped }: TraceEnd): string {
  const count = `${messages} ${messages === 1 ? "message" : "messages"}`;
  return dropped === 0 ? count : `${count}, and ${dropped} that the tracer dropped`;
}
