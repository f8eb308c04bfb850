import {
  definePlugin,
  readStartArguments,
  readStopArguments,
  releaseArguments,
  restartRelease,
  startArguments,
  stopArguments,
} from "../../src/contract/index.ts";

export default definePlugin({
  name: "restart",
  api: 1,
  commands: {
    restart: {
      group: "Run releases",
      description: "Stop a release if it runs, and start it",
      examples: [["restart relex", "stop relex, wait until it is gone, start it, wait until it runs"]],
      args: { ...releaseArguments, ...startArguments, ...stopArguments },
      run: async (ctx, args) => {
        // All that can be known beforehand: a release that cannot be started again is better left running.
        const release = await ctx.releases.load(args.release, { match: args.match, anew: true });
        const { stopped, started } = await restartRelease(ctx, release, {
          stop: readStopArguments(args),
          start: readStartArguments(args),
        });
        return { stopped: stopped ?? null, started };
      },
      render: ({ stopped, started }) =>
        [
          ...(stopped === null
            ? []
            : [`${stopped.killed ? "killed" : "stopped"} release ${stopped.release} (pid ${stopped.pid})`]),
          `started release ${started.release} ${started.version} [${started.node}] (pid ${started.pid})`,
        ].join("\n"),
    },
  },
});
