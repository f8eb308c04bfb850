import { definePlugin, readStopArguments, releaseArguments, stopArguments } from "../../src/contract/index.ts";

export default definePlugin({
  name: "stop",
  api: 1,
  commands: {
    stop: {
      description: "Stop a running release",
      details:
        "Asks the node to stop its applications in order, and returns when its process is gone. It works also when " +
        "the files of the release can no longer be read.",
      examples: [
        ["stop relex", "stop relex and wait until it is gone"],
        ["stop relex --force", "the same, and kill it if it hangs"],
      ],
      args: { ...releaseArguments, ...stopArguments },
      run: (ctx, args) =>
        ctx.releases.stop(args.release, {
          match: args.match,
          ...readStopArguments(args),
          signal: ctx.signal,
          onWaiting: (node) => ctx.log.info(`waiting for node '${node}' to go down...`),
        }),
      render: (data) => `${data.killed ? "killed" : "stopped"} release ${data.release} (pid ${data.pid})`,
    },
  },
});
