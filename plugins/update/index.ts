import { definePlugin, releaseArguments, restartRelease } from "../../src/contract/index.ts";
import { readUpgradeArguments, upgradeArguments } from "../upgrade/arguments.ts";
import { describePlan, describeResult, type UpdateData } from "./describe.ts";
import { renderUpdate } from "./render.ts";

const { permanent: _, ...updateArguments } = upgradeArguments;

export default definePlugin({
  name: "update",
  api: 1,
  commands: {
    update: {
      group: "Change what runs",
      description: "Have a running release take up the applications that are installed now",
      details:
        "Compares the versions that run with those that would start now, and changes what differs in the running VM, by OTP's " +
        "release_handler: code is loaded, processes convert their state, applications that came or went are started and stopped. " +
        "The instructions come from the appup of an application, or are made from the code of both versions. All is verified; what " +
        "fails is undone, and enit rollback goes back. A new Erlang/OTP, kernel, stdlib or sasl needs a restart.",
      examples: [
        ["update relex --dry-run", "show what is installed anew, and what it would take"],
        ["update relex", "take it up"],
        ["update relex --restart", "take it up, with a restart where it cannot be done without"],
      ],
      args: {
        ...releaseArguments,
        ...updateArguments,
        restart: { type: "boolean", description: "Restart the release where it cannot be changed while it runs" },
      },
      run: async (ctx, args): Promise<UpdateData> => {
        const release = await ctx.releases.load(args.release, { match: args.match });
        if (args.dryRun || args.restart) {
          const plan = await ctx.update.plan(release, { signal: ctx.signal });
          const described = describePlan(release.name, plan);
          if (args.dryRun) return described;
          if (plan.obstacles.length > 0) {
            const { version, node, pid } = (await restartRelease(ctx, release)).started;
            return { ...described, dryRun: false, restarted: true, to: version, node, pid };
          }
        }
        using options = readUpgradeArguments(ctx, { ...args, permanent: true, restart: false });
        return describeResult(await ctx.update.update(release, options));
      },
      render: (data, ui) => renderUpdate(data, ui),
    },
  },
});
