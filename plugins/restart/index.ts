import {
  definePlugin,
  describeRetry,
  readStartArguments,
  readStopArguments,
  releaseArguments,
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
        const stopOptions = readStopArguments(args);
        const startOptions = readStartArguments(args);
        // All that can be known beforehand: a release that cannot be started again is better left running.
        const release = await ctx.releases.load(args.release, { match: args.match, anew: true });
        await ctx.releases.checkStart(release);
        const { state } = await ctx.releases.process(release);
        const stopped =
          state === "not running"
            ? undefined
            : await ctx.releases.stop(release.name, {
                ...stopOptions,
                signal: ctx.signal,
                onWaiting: (node) => ctx.log.info(`waiting for node '${node}' to go down...`),
              });
        using progress = ctx.progress(`starting ${release.name}`, { total: release.applications.length });
        let done = 0;
        const started = await ctx.releases.start(release, {
          ...startOptions,
          signal: ctx.signal,
          onStep: (step) => {
            if (step.kind === "retrying") ctx.log.warn(describeRetry(step));
            else progress.update(step.kind === "started" ? ++done : done, `${step.kind} ${step.application}`);
          },
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
