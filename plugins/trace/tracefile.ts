import { defineCommand } from "../../src/contract/index.ts";
import { toItems } from "./items.ts";
import { OUTPUT_DETAILS, TRACE_FLAGS, itemOptions, limitTime } from "./options.ts";

export const tracefile = defineCommand({
  group: "Look inside",
  description: "Print the trace messages in a file",
  details:
    "Reads a file of dbg:trace_port(file, ...). A wrap set is named by what its files have before their numbers, and is " +
    `read from the oldest file to the newest. ${OUTPUT_DETAILS} If a file ends within a message, the whole ones are ` +
    "printed, the rest is said on standard error, and the exit code is 2.",
  examples: [
    ["tracefile app.trace", "print a trace"],
    ["tracefile app.trace --follow", "go on with what is written further, until Ctrl-C"],
    ["tracefile /var/log/app --wrap .trace", "the files app0.trace, app1.trace, ... of a wrap set"],
  ],
  args: {
    file: { type: "positional", required: true, valueHint: "FILE", description: "The file, or the name of a wrap set" },
    follow: { type: "boolean", alias: "f", description: "Wait for more, also in the next file of a wrap set" },
    wrap: {
      type: "string",
      valueHint: "SUFFIX",
      description: "Read the wrap set with this suffix, which may be empty; without, the only one there is",
    },
    ...TRACE_FLAGS,
  },
  run: (ctx, args) => {
    const { signal } = limitTime(ctx, args.time);
    const batches = ctx.trace.readTraceFile({
      file: args.file,
      wrap: args.wrap,
      follow: args.follow,
      signal,
      onNotice: (notice) => ctx.log.warn(notice),
    });
    return toItems(ctx, batches, itemOptions(args));
  },
  render: (item) => item.toText(),
});
