import type { StopOptions, StoppedRelease } from "../../../contract/index.ts";
import type { NodeConnection } from "../../../dist/index.ts";
import { EnitError } from "../../../error/index.ts";
import { type Release, findReleaseName, loadRelease, releaseStateDir } from "../../../release/index.ts";
import { type RunningVm, findRunningVm, osPidOf, stopNode, stopRelease } from "../../../vm/index.ts";
import type { ServiceBase } from "../index.ts";
import { runningEnvironment } from "./load.ts";
import { connectByName } from "./connect.ts";

/** Stops a release as `ReleaseService.stop` does. */
export async function stop(base: ServiceBase, text: string, options: StopOptions): Promise<StoppedRelease> {
  const { settings, hooks, log } = base;
  const name = findReleaseName(text, settings, { match: options.match ?? false });
  const release = await loadIfPossible(base, name);
  const stateDir = release?.stateDir ?? releaseStateDir(name, settings);
  const limits = {
    timeoutSeconds: options.timeoutSeconds ?? release?.node.stopTimeoutSeconds ?? settings.stopTimeoutSeconds,
    ...(options.force === undefined ? {} : { force: options.force }),
    signal: options.signal,
  };
  if (release !== undefined && findRunningVm(stateDir) === undefined) {
    await using node = await connectByName(release, options);
    if (node !== undefined) return await stopForeign(base, release, { node, limits, onWaiting: options.onWaiting });
  }
  const facts = (vm: RunningVm): { release: { name: string; version: string }; node: string; pid: number } => ({
    release: { name, version: vm.version },
    node: vm.node,
    pid: vm.pid,
  });
  const { vm, killed } = await stopRelease(
    { name, stateDir },
    {
      ...limits,
      onWait: () => log.info(`waiting for another enit that works on "${name}"...`),
      onStopping: async (running) => {
        await hooks.series("vm:stopping", facts(running));
        options.onWaiting?.(running.node);
      },
    },
  );
  await hooks.series("vm:stopped", facts(vm));
  return { release: name, node: vm.node, pid: vm.pid, killed };
}

interface ForeignStop {
  readonly node: NodeConnection;
  readonly limits: Parameters<typeof stopNode>[2];
  readonly onWaiting: StopOptions["onWaiting"];
}

/** Stops the node of a release that enit did not start. */
async function stopForeign(
  { hooks }: ServiceBase,
  { name, version }: Release,
  { node, limits, onWaiting }: ForeignStop,
): Promise<StoppedRelease> {
  const pid = await osPidOf(node, limits.signal);
  const facts = { release: { name, version }, node: node.node, pid };
  await hooks.series("vm:stopping", facts);
  onWaiting?.(node.node);
  const killed = await stopNode(name, node, limits);
  await hooks.series("vm:stopped", facts);
  return { release: name, node: node.node, pid, killed };
}

/** Its files are asked for the timeout alone: a release whose files are broken, or gone, must be stopped all the same. */
async function loadIfPossible({ settings, log }: ServiceBase, name: string): Promise<Release | undefined> {
  try {
    return await loadRelease(name, settings, { environment: runningEnvironment, keepUnset: true });
  } catch (error) {
    if (!(error instanceof EnitError)) throw error;
    if (error.code === "release_not_found" && findRunningVm(releaseStateDir(name, settings)) === undefined) throw error;
    log.warn(`${error.message}. Stopping it all the same.`);
    return undefined;
  }
}
