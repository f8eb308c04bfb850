import { definePlugin, releaseArguments } from "../../src/contract/index.ts";
import { readUpgradeArguments, restartArgument, upgradeArguments } from "../upgrade/arguments.ts";
import { changeVersion } from "../upgrade/change-version.ts";
import { renderOutcome } from "../upgrade/render.ts";

export default definePlugin({
  name: "rollback",
  api: 1,
  commands: {
    rollback: {
      group: "Change what runs",
      description: "Bring a running release back to an older version without a restart",
      details:
        "Without VERSION it goes to the version that was replaced; of a version that was not made permanent, to the permanent one. It " +
        "is the way down of the relup, verified as an upgrade is.",
      examples: [
        ["rollback relex", "go to the version that ran before"],
        ["rollback relex 1.0", "go to version 1.0"],
      ],
      args: {
        release: releaseArguments.release,
        version: { type: "positional", description: "The version to go to" },
        match: releaseArguments.match,
        ...upgradeArguments,
        ...restartArgument,
      },
      run: async (ctx, args) => {
        const release = await ctx.releases.load(args.release, { match: args.match });
        using options = readUpgradeArguments(ctx, args);
        const { version } = args;
        const target = version === undefined ? ({ kind: "back" } as const) : ({ kind: "version", version } as const);
        return await changeVersion(ctx, release, target, options, args.dryRun);
      },
      render: (data, ui) => renderOutcome(data, ui),
    },
  },
});
