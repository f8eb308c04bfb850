import type { Context, Release, UpgradeServiceOptions, UpgradeTarget } from "../../src/contract/index.ts";
import type { UpgradeOutcome } from "./render.ts";

/** Changes the version of a release, or finds out what that would do. */
export async function changeVersion(
  ctx: Context,
  release: Release,
  target: UpgradeTarget,
  options: UpgradeServiceOptions,
  dryRun: boolean,
): Promise<UpgradeOutcome> {
  if (dryRun) {
    const plan = await ctx.upgrade.plan(release, target, { signal: ctx.signal, restart: options.restart ?? false });
    return {
      release: release.name,
      dryRun,
      from: plan.from,
      to: plan.to,
      node: null,
      pid: null,
      permanent: false,
      restarted: false,
      milliseconds: null,
      handlerMilliseconds: null,
      plan,
    };
  }
  const result = await ctx.upgrade.upgrade(release, target, options);
  return { ...result, dryRun, handlerMilliseconds: result.handlerMilliseconds ?? null, plan: null };
}
