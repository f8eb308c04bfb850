import type { EnitError } from "../error/index.ts";
import { isPackaged, type Release } from "../release/index.ts";
import { noteTried, switchGeneration, writeRenderedConfig } from "../vm/index.ts";
import { keepBookkeeping } from "./bookkeeping.ts";
import { currentConfig, placeConfig } from "./config.ts";
import { rehome } from "./dynamic/rehome.ts";
import { noteFormerVersion } from "./former-version.ts";
import { type InstallEvents, type Installed, installRelease } from "./install/install.ts";
import type { Restarter } from "./install/install-by-restart.ts";
import type { InstallLimits } from "./install/run.ts";
import { lockUpgrade } from "./lock.ts";
import { bring, prepareConfig, removeAgain } from "./prepare.ts";
import { effectsOf, findScript, needsRestart, noUpgradePath } from "./script.ts";
import {
  checkPermission,
  cleanUp,
  installedRelease,
  openSession,
  type UpgradeSession,
  upgradeVmOf,
} from "./session.ts";
import type { UpgradeStep } from "./step.ts";
import type { UpgradeTarball } from "./tarball/read-upgrade.ts";
import { chooseVersion, readTargetTarball, refuseInstalled, type UpgradeTarget } from "./target.ts";
import { upgradeByRestart } from "./upgrade-by-restart.ts";

export interface UpgradeOptions {
  readonly permanent: boolean;
  readonly limits: InstallLimits;
  readonly settleSeconds: number;
  readonly onStep: (step: UpgradeStep) => void;
  readonly warn: (message: string) => void;
  /** Makes the hooks of an upgrade from one version to another. */
  readonly events?: (from: string, to: string, vm: { readonly node: string; readonly pid: number }) => InstallEvents;
  readonly signal: AbortSignal;
  /** For a packaged release that cannot come to the version while it runs: stops it, and starts it with that. */
  readonly restarter?: Restarter | undefined;
}

export interface UpgradeResult {
  readonly release: string;
  readonly node: string;
  readonly pid: number;
  readonly from: string;
  readonly to: string;
  readonly permanent: boolean;
  /** Whether the release was stopped and started for it. */
  readonly restarted: boolean;
  /** What `release_handler` took to install it; `undefined` where that is not known. */
  readonly handlerMilliseconds: number | undefined;
  readonly milliseconds: number;
}

/**
 * Changes the version that a release runs: checks, unpacks if it is a tarball, renders the configuration, installs, verifies and
 * makes permanent. What fails leaves the state as it was.
 *
 * Throws, before anything changes, `not_running`, `upgrade_running`, `version_installed`, `version_unknown`,
 * `no_older_version`, `not_packaged`, and what reading and checking a tarball throws; then what `installRelease` throws, or
 * `upgradeByRestart`.
 */
export async function upgradeRelease(
  release: Release,
  target: UpgradeTarget,
  options: UpgradeOptions,
): Promise<UpgradeResult> {
  const begin = performance.now();
  const { onStep, signal, restarter } = options;
  const byRestart = restarter !== undefined && isPackaged(release);
  const tarball = await readTargetTarball(release, target, options);
  const vm = upgradeVmOf(release, target.kind === "back" ? "roll back" : "upgrade");
  using lock = await lockUpgrade(release, signal);
  await using first = await openSession(vm, { signal, onWait: () => onStep({ kind: "waiting" }) });
  const version = tarball?.spec.vsn ?? chooseVersion(first, target);
  refuseInstalled(first, version, options.permanent);
  checkPermission(first, tarball !== undefined);
  cleanUp(first, onStep);
  const obstacle = findObstacle(first, version, tarball, release);
  if (obstacle !== undefined && byRestart) {
    return await upgradeByRestart(first, version, tarball, { release, lock, begin, ...options, restarter });
  }
  const unpacked = tarball !== undefined && (await bring(first, tarball, { onStep, signal, byRestart: false }));
  // What is the matter with a tarball was found in it.
  if (obstacle !== undefined && !unpacked) throw obstacle;
  return await upgradeIn(first, version, unpacked, release, options, begin);
}

/** What keeps the running VM from coming to a version that it does not run already: no relup has a way, or only by another emulator. */
function findObstacle(
  { places, running }: UpgradeSession,
  version: string,
  tarball: UpgradeTarball | undefined,
  release: Release,
): EnitError | undefined {
  if (running.version === version) return undefined;
  const script = findScript(places.releasesDir, running.version, version, tarball?.relup);
  if (script === undefined) return noUpgradePath(release.name, running.version, version, isPackaged(release));
  return effectsOf(script.instructions).restartsEmulator ? needsRestart(release.name, version) : undefined;
}

async function upgradeIn(
  session: UpgradeSession,
  version: string,
  unpacked: boolean,
  release: Release,
  options: UpgradeOptions,
  begin: number,
): Promise<UpgradeResult> {
  const { vm, places, running, connection } = session;
  // What is known has changed with it.
  const bookkeeping = keepBookkeeping(places);
  const moved = await useKeptCode(release, session, version);
  await using fresh = unpacked || moved ? await openSession(vm, options) : undefined;
  const events = options.events?.(running.version, version, vm);
  const { permanent, limits, settleSeconds, onStep, signal } = options;
  let installed: Installed;
  try {
    const current = fresh ?? session;
    const to = {
      release: installedRelease(current, version),
      config: prepareConfig(release, current, version, { ...options, byRestart: false }),
    };
    const former = versionBefore(session, version);
    const from = { release: installedRelease(current, former), config: currentConfig(release, places, former) };
    if (isPackaged(release)) {
      placeConfig(places, former, from.config);
      noteFormerVersion(places, version, former);
    }
    const request = { vm, places, from, to, permanent, limits, settleSeconds, onStep, signal };
    // Where a reconfiguration looks for what was said last.
    writeRenderedConfig({ stateDir: release.stateDir, version }, to.config);
    installed = await installRelease(connection, events === undefined ? request : { ...request, events });
  } catch (error) {
    if (signal.aborted) {
      options.warn(`What was begun goes on in the VM. To finish it: enit upgrade ${release.name} ${version}`);
    } else {
      if (unpacked) await removeAgain(vm, version, options);
      bookkeeping.restore();
    }
    throw error;
  }
  if (isPackaged(release)) noteTried(release.stateDir, permanent ? undefined : version);
  else switchGeneration(release.stateDir, version, permanent);
  await events?.installed?.(permanent);
  if (!installed.watched && running.version !== version) {
    options.warn("The processes could not be watched meanwhile: whether each changed its state is not verified.");
  }
  return {
    release: release.name,
    node: vm.node,
    pid: vm.pid,
    from: running.version,
    to: version,
    permanent,
    restarted: false,
    handlerMilliseconds: installed.handlerMilliseconds,
    milliseconds: performance.now() - begin,
  };
}

/** What to go back to: of what runs already, and is only to be made permanent, the version that is permanent. */
function versionBefore({ running, known }: UpgradeSession, version: string): string {
  const permanent = known.find(({ status }) => status === "permanent");
  return running.version === version && permanent !== undefined ? permanent.version : running.version;
}

/** Where packages took the place of what a dynamic release runs or ran; gives whether they did. */
async function useKeptCode(
  release: Release,
  { connection, installed, running }: UpgradeSession,
  version: string,
): Promise<boolean> {
  if (isPackaged(release)) return false;
  const former = [running.version, version].flatMap((each) => installed.get(each) ?? []);
  const now = await Promise.all(former.map((each) => rehome(connection, release, each)));
  return now.some((libraries, at) => libraries.some(({ dir }, place) => former[at]?.libraries[place]?.dir !== dir));
}
