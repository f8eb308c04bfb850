import { EnitError } from "../error/index.ts";
import type { Release } from "../release/index.ts";
import type { Context } from "./context.ts";
import { describeRetry } from "./release-arguments.ts";
import type { StartedRelease, StartOptions, StopOptions, StoppedRelease } from "./releases.ts";

/**
 * Stops a release if it runs, and starts it, with progress. What would keep it from starting is looked for before.
 *
 * A hook that throws once the release has stopped does not leave it so: what it threw is thrown when the release runs again.
 */
export async function restartRelease(
  ctx: Context,
  release: Release,
  options: { readonly stop?: StopOptions; readonly start?: StartOptions } = {},
): Promise<{ readonly stopped: StoppedRelease | undefined; readonly started: StartedRelease }> {
  const { releases, signal, log } = ctx;
  await releases.checkStart(release);
  const isRunning = async (): Promise<boolean> => (await releases.process(release)).state !== "not running";
  let stopped: StoppedRelease | undefined;
  let objection: EnitError | undefined;
  if (await isRunning()) {
    try {
      const onWaiting = (node: string): void => log.info(`waiting for node '${node}' to go down...`);
      stopped = await releases.stop(release.name, { ...options.stop, signal, onWaiting });
    } catch (error) {
      if (!(error instanceof EnitError) || error.code !== "hook_failed" || (await isRunning())) throw error;
      objection = error;
    }
  }
  using progress = ctx.progress(`starting ${release.name}`, { total: release.applications.length });
  let done = 0;
  const starting = releases.start(release, {
    ...options.start,
    signal,
    onStep: (step) => {
      if (step.kind === "retrying") log.warn(describeRetry(step));
      else progress.update(step.kind === "started" ? ++done : done, `${step.kind} ${step.application}`);
    },
  });
  const started = await starting.catch((error: unknown) => {
    // What keeps it from starting is the error to end with.
    if (objection !== undefined) log.error(objection.message);
    throw error;
  });
  if (objection === undefined) return { stopped, started };
  const { code, kind, hint, data, message } = objection;
  throw new EnitError(code, `${message}; "${release.name}" was started again`, { kind, hint, data, cause: objection });
}
