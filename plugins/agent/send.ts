import { defineCommand, releaseArguments } from "../../src/contract/index.ts";

export const send = defineCommand({
  group: "enit itself",
  description: "Load the Erlang application enit into a running node that enit did not start",
  details:
    "The modules enit and enitdbg then work in its shell. Nothing is written to a disk, and nothing is started: it is there " +
    "until the node ends. Modules that are there already, from an older enit, are replaced. Commands that need a module in " +
    "the node send it themselves.",
  examples: [["agent send relex", "have enit:get_config/2 and enitdbg in relex, which systemd started"]],
  args: releaseArguments,
  run: async (ctx, args) => {
    const release = await ctx.releases.load(args.release, { match: args.match });
    return ctx.agent.send(release, { signal: ctx.signal });
  },
  render: ({ node, version }) => `sent enit ${version} to ${node}`,
});
