import { type Context, describeRetry, type Release, type StartedRelease } from "../../src/contract/index.ts";

/** Stops a release, and starts it with what is installed. What keeps it from starting is found before. */
export async function restartRelease(ctx: Context, release: Release): Promise<StartedRelease> {
  const { signal } = ctx;
  await ctx.releases.checkStart(release);
  await ctx.releases.stop(release.name, {
    signal,
    onWaiting: (node) => ctx.log.info(`waiting for node '${node}' to go down...`),
  });
  using progress = ctx.progress(`starting ${release.name}`, { total: release.applications.length });
  let done = 0;
  return await ctx.releases.start(release, {
    signal,
    onStep: (step) => {
      if (step.kind === "retrying") ctx.log.warn(describeRetry(step));
      else progress.update(step.kind === "started" ? ++done : done, `${step.kind} ${step.application}`);
    },
  });
}
