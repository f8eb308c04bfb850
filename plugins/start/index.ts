import {
  definePlugin,
  describeRetry,
  readStartArguments,
  releaseArguments,
  startArguments,
} from "../../src/contract/index.ts";

export default definePlugin({
  name: "start",
  api: 1,
  commands: {
    start: {
      group: "Run releases",
      description: "Start a release in the background",
      details:
        "Returns when every application runs. When one cannot be started, its reason is shown, nothing is left " +
        "running, and the exit code is 1. A packaged release, whose directory the key root of the section node names, " +
        "runs on its own Erlang.",
      examples: [
        ["start relex", "start relex and wait until it runs"],
        ["start relex --start-retries 5 --start-delay 2", "try again five times, every two seconds"],
      ],
      args: { ...releaseArguments, ...startArguments },
      run: async (ctx, args) => {
        const release = await ctx.releases.load(args.release, { match: args.match });
        using progress = ctx.progress(`starting ${release.name}`, { total: release.applications.length });
        let done = 0;
        return await ctx.releases.start(release, {
          ...readStartArguments(args),
          signal: ctx.signal,
          onStep: (step) => {
            if (step.kind === "retrying") ctx.log.warn(describeRetry(step));
            else progress.update(step.kind === "started" ? ++done : done, `${step.kind} ${step.application}`);
          },
        });
      },
      render: (data) => `started release ${data.release} ${data.version} [${data.node}] (pid ${data.pid})`,
    },
  },
});
