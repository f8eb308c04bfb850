import {
  type Context,
  debugArguments,
  definePlugin,
  readStopArguments,
  releaseArguments,
  stopArguments,
} from "../../src/contract/index.ts";

export default definePlugin({
  name: "stop",
  api: 1,
  commands: {
    stop: {
      group: "Run releases",
      description: "Stop a running release",
      details:
        "Asks the node to stop its applications in order, and returns when its process is gone. It works also when " +
        "the files of the release can no longer be read.",
      examples: [
        ["stop relex", "stop relex and wait until it is gone"],
        ["stop relex --force", "the same, and kill it if it hangs"],
      ],
      args: { ...releaseArguments, ...stopArguments, ...debugArguments },
      run: (ctx, args) =>
        traced(ctx, args, () =>
          ctx.releases.stop(args.release, {
            match: args.match,
            ...readStopArguments(args),
            signal: ctx.signal,
            onWaiting: (node) => ctx.log.info(`waiting for node '${node}' to go down...`),
          }),
        ),
      render: (data) => `${data.killed ? "killed" : "stopped"} release ${data.release} (pid ${data.pid})`,
    },
  },
});

/** The files of the release are read for a trace alone: without, it is stopped also if they are broken. */
async function traced<Result>(
  ctx: Context,
  args: { readonly release: string; readonly match: boolean; readonly debugSpec: readonly string[] },
  work: () => Promise<Result>,
): Promise<Result> {
  if (args.debugSpec.length === 0) return work();
  return ctx.tracing.during(await ctx.releases.load(args.release, { match: args.match }), args.debugSpec, work);
}
