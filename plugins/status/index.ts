import { debugArguments, definePlugin, releaseArguments } from "../../src/contract/index.ts";
import { renderStatus } from "./render.ts";

export default definePlugin({
  name: "status",
  api: 1,
  commands: {
    status: {
      group: "Run releases",
      description: "Show a release and what its node is doing",
      details: "The exit code is 0 also when the release does not run; a script looks at `online` in the data.",
      examples: [
        ["status relex", "show relex"],
        ["status relex --json", "the same for a script"],
      ],
      args: {
        ...releaseArguments,
        showCookie: { type: "boolean", description: "Show the cookie in clear" },
        ...debugArguments,
      },
      run: async (ctx, args) => {
        const release = await ctx.releases.load(args.release, { match: args.match, orRunning: true });
        const inspect = () => ctx.releases.inspect(release, { signal: ctx.signal });
        const status =
          args.debugSpec.length === 0 ? await inspect() : await ctx.tracing.during(release, args.debugSpec, inspect);
        const { version = release.version } = await ctx.releases.process(release);
        return {
          release: release.name,
          version,
          node: status?.node ?? release.node.nodeName,
          cookie: args.showCookie ? release.node.cookie : "********",
          extensions: release.extensions,
          online: status !== undefined,
          state: status?.state ?? ("not running" as const),
          status: status ?? null,
        };
      },
      render: (data, ui) => renderStatus(data, ui),
    },
  },
});
