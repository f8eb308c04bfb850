import { definePlugin, releaseArguments } from "../../src/contract/index.ts";

export default definePlugin({
  name: "remsh",
  api: 1,
  commands: {
    remsh: {
      group: "Look inside",
      description: "Open an Erlang shell on a running release",
      details:
        "Starts an Erlang VM of its own as a hidden node, as the user of the release's VM, whoever started that. Leave it with " +
        "Ctrl-G q, or Ctrl-C twice: q() would stop the release.",
      examples: [["remsh relex", "open a shell on the node of relex"]],
      args: releaseArguments,
      run: async (ctx, args) => {
        const release = await ctx.releases.load(args.release, { match: args.match, orRunning: true });
        return ctx.replaceProcess(await ctx.releases.remoteShell(release, { signal: ctx.signal }));
      },
    },
  },
});
