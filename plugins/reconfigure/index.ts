import {
  type ConfigChangeAnswer,
  type Context,
  EnitError,
  type Release,
  debugArguments,
  definePlugin,
  releaseArguments,
} from "../../src/contract/index.ts";
import { type DescribedChange, describePlan } from "./describe-plan.ts";
import { renderReconfiguration } from "./render.ts";

export default definePlugin({
  name: "reconfigure",
  api: 1,
  commands: {
    reconfigure: {
      group: "Run releases",
      description: "Give a running release what its configuration files say now",
      details:
        "Compares what the files said last time, what they say now, and what runs; sets what differs, and calls " +
        "config_change/3 of each application that has a change. A key that left the files goes back to the default " +
        "of its application. What an application set for itself is left alone.",
      examples: [
        ["reconfigure relex --dry-run", "show what would change"],
        ["reconfigure relex", "change it"],
      ],
      args: {
        ...releaseArguments,
        dryRun: { type: "boolean", alias: "n", description: "Show what would change, and change nothing" },
        ...debugArguments,
      },
      run: async (ctx, args) => {
        const release = await ctx.releases.load(args.release, { match: args.match });
        const { plan, answers } = await ctx.tracing.during(release, args.debugSpec, () =>
          reconfigure(ctx, release, args.dryRun),
        );
        const applications = describePlan(ctx.terms, plan, answers);
        const refused = answers.filter(({ ok }) => !ok);
        if (refused.length > 0) throw notTakenUp(release.name, refused, applications);
        return {
          release: release.name,
          dryRun: args.dryRun,
          changed: !plan.unchanged,
          applications,
          notLoaded: plan.notLoaded,
          needsRestart: plan.needsRestart,
        };
      },
      render: (data, ui) => renderReconfiguration(data, ui),
    },
  },
});

async function reconfigure(ctx: Context, release: Release, dryRun: boolean) {
  const plan = await ctx.releases.planReconfigure(release, { signal: ctx.signal });
  const isWanted = !dryRun && !plan.unchanged;
  return { plan, answers: isWanted ? await ctx.releases.reconfigure(release, plan, { signal: ctx.signal }) : [] };
}

/** The values are set, but applications have not taken them up: whoever asked for the change must know. */
function notTakenUp(
  release: string,
  refused: readonly ConfigChangeAnswer[],
  applications: readonly DescribedChange[],
): EnitError {
  const answers = refused.map(({ application, answer }) => `${application} answered ${answer}`).join("; ");
  return new EnitError(
    "config_change_failed",
    `cannot reconfigure "${release}" wholly: config_change/3 of ${answers}`,
    {
      hint: "The new values are set in the application environment; what these applications made of them is theirs to say.",
      data: { release, applications },
    },
  );
}
