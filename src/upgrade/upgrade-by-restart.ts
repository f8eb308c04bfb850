import { EnitError } from "../error/index.ts";
import type { Release } from "../release/index.ts";
import { findRunningVm, noteTried } from "../vm/index.ts";
import { keepBookkeeping } from "./bookkeeping.ts";
import { currentConfig } from "./config.ts";
import { noteFormerVersion } from "./former-version.ts";
import { installByRestart, type Restarter } from "./install/install-by-restart.ts";
import type { UpgradeLock } from "./lock.ts";
import { bring, prepareConfig, removeAgain } from "./prepare.ts";
import { installedRelease, openSession, type UpgradeSession, upgradeVmOf } from "./session.ts";
import type { UpgradeTarball } from "./tarball/read-upgrade.ts";
import type { UpgradeOptions, UpgradeResult } from "./upgrade.ts";
import type { UpgradeVm } from "./vm/link.ts";

export interface UpgradeByRestart extends UpgradeOptions {
  readonly release: Release;
  readonly lock: UpgradeLock;
  readonly restarter: Restarter;
  /** When it began, as `performance.now()`. */
  readonly begin: number;
}

/**
 * Changes the version of a packaged release by a restart: unpacks if it is a tarball, renders the configuration, finds out whether
 * it could start, stops the release, starts it, verifies and makes permanent. What fails leaves the state as it was, with the
 * former version started again.
 *
 * Throws `restart_is_permanent` and what keeps the version from starting, before anything is stopped; then what `installByRestart` throws.
 */
export async function upgradeByRestart(
  session: UpgradeSession,
  version: string,
  tarball: UpgradeTarball | undefined,
  { release, lock, begin, ...options }: UpgradeByRestart,
): Promise<UpgradeResult> {
  const { vm, places, running } = session;
  if (!options.permanent) throw onlyPermanent(release.name, version);
  const { restarter, settleSeconds, onStep, signal, warn } = options;
  const unpacked = tarball !== undefined && (await bring(session, tarball, { onStep, signal, byRestart: true }));
  const bookkeeping = keepBookkeeping(places);
  const events = options.events?.(running.version, version, vm);
  let now: UpgradeVm;
  try {
    await using fresh = unpacked ? await openSession(vm, options) : undefined;
    const current = fresh ?? session;
    const to = installedRelease(current, version);
    const config = prepareConfig(release, current, version, { ...options, byRestart: true });
    const next = await restarter.load(version, to.ertsVersion);
    const from = {
      release: installedRelease(current, running.version),
      config: currentConfig(release, places, running.version),
    };
    noteFormerVersion(places, version, running.version);
    lock.releaseState();
    now = await installByRestart({
      vm,
      places,
      from,
      to: { release: to, config },
      settleSeconds,
      onStep,
      signal,
      restarter,
      former: release,
      next,
      ...(events === undefined ? {} : { events }),
    });
  } catch (error) {
    if (signal.aborted) {
      warn(howToFinish(release, version, vm));
    } else if (unpacked && findRunningVm(release.stateDir) !== undefined) {
      await removeAgain(upgradeVmOf(release, "upgrade"), version, options);
      bookkeeping.restore();
    }
    throw error;
  }
  noteTried(release.stateDir, undefined);
  await options.events?.(running.version, version, now).installed?.(true);
  return {
    release: release.name,
    node: now.node,
    pid: now.pid,
    from: running.version,
    to: version,
    permanent: true,
    restarted: true,
    handlerMilliseconds: undefined,
    milliseconds: performance.now() - begin,
  };
}

/** What is told to whoever interrupts it. `before`: the VM of the version before. */
function howToFinish({ name, version, stateDir }: Release, wanted: string, before: UpgradeVm): string {
  const vm = findRunningVm(stateDir);
  if (vm !== undefined && vm.pid !== before.pid)
    return `To finish it once ${wanted} runs: enit upgrade ${name} ${wanted}`;
  return `What enit start ${name} starts is ${version} still. To begin anew once that runs: enit upgrade ${name} ${wanted} --restart`;
}

function onlyPermanent(release: string, version: string): EnitError {
  return new EnitError(
    "restart_is_permanent",
    `cannot try version ${version} of "${release}": it takes a restart, after which it is permanent`,
    {
      kind: "input",
      hint: `Without --no-permanent it is verified all the same, and what fails is taken back. To go back later: enit rollback ${release} --restart`,
      data: { release, version },
    },
  );
}
