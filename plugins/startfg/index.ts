import { definePlugin, readStartArguments, releaseArguments, startArguments } from "../../src/contract/index.ts";

export default definePlugin({
  name: "startfg",
  api: 1,
  commands: {
    startfg: {
      group: "Run releases",
      description: "Become the node of a release, for an init system",
      details:
        "The process turns into the Erlang VM: same pid, the VM's exit code, its output on this terminal. " +
        "SIGTERM stops the release in order.",
      examples: [["startfg relex --syslog", "run relex in the foreground, and write to syslog as well"]],
      args: { ...releaseArguments, ...startArguments },
      run: async (ctx, args) => {
        const release = await ctx.releases.load(args.release, { match: args.match });
        return ctx.replaceProcess(await ctx.releases.startForeground(release, readStartArguments(args)));
      },
    },
  },
});
