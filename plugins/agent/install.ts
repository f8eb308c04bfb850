import { defineCommand, settingFlags } from "../../src/contract/index.ts";

export const install = defineCommand({
  group: "enit itself",
  description: "Write the Erlang application enit to a directory, for nodes that enit does not start",
  details:
    "It goes to DIR/enit-VSN/ebin, which is printed: DIR is to be one of ERL_LIBS or the lib directory of OTP, or what is " +
    "printed to be on the code path. The modules enit and enitdbg then work there; they run this very enit, with the " +
    "directories that are named here. docs/erlang-api.md describes them.",
  examples: [
    ["agent install /usr/lib/erlang/lib", "for all Erlang nodes of this OTP"],
    ["agent install ~/erlang", "for those that are started with ERL_LIBS=~/erlang"],
  ],
  args: {
    directory: { type: "positional", required: true, valueHint: "DIR", description: "Where to write it" },
  },
  run: (ctx, args) => ctx.agent.install(args.directory, [ctx.host.executable, ...settingFlags(ctx.settings)]),
  render: ({ ebin }) => ebin,
});
