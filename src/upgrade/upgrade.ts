import { EnitError } from "../error/index.ts";
import type { ReleaseSpec } from "../otp/index.ts";
import { isPackaged, type Release, renderPackagedConfig } from "../release/index.ts";
import { keepBookkeeping } from "./bookkeeping.ts";
import { switchGeneration, writeRenderedConfig } from "../vm/index.ts";
import { rehome } from "./dynamic/rehome.ts";
import { currentConfig, placeConfig, renderConfig } from "./config.ts";
import { type InstallEvents, installRelease } from "./install/install.ts";
import type { InstallLimits } from "./install/run.ts";
import { lockUpgrade } from "./lock.ts";
import { makePlan, type UpgradePlan } from "./plan.ts";
import { findScript, noUpgradePath } from "./script.ts";
import { cleanUp, installedRelease, openSession, type UpgradeSession, upgradeVmOf, versionUnknown } from "./session.ts";
import type { UpgradeStep } from "./step.ts";
import { checkPlace, checkTarball, findIncomplete, type TarballTarget } from "./tarball/check-tarball.ts";
import { readUpgradeTarball, type UpgradeTarball } from "./tarball/read-upgrade.ts";
import { unpackTarball } from "./tarball/unpack.ts";
import { removeRelease } from "./vm/handler.ts";

/** Where the version to install comes from. */
export type UpgradeTarget =
  | { readonly kind: "tarball"; readonly file: string }
  | { readonly kind: "version"; readonly version: string }
  /** The version before the one that runs. */
  | { readonly kind: "back" };

export interface UpgradeOptions {
  readonly permanent: boolean;
  readonly limits: InstallLimits;
  readonly settleSeconds: number;
  readonly onStep: (step: UpgradeStep) => void;
  readonly warn: (message: string) => void;
  /** Makes the hooks of an upgrade from one version to another. */
  readonly events?: (from: string, to: string, vm: { readonly node: string; readonly pid: number }) => InstallEvents;
  readonly signal: AbortSignal;
}

export interface UpgradeResult {
  readonly release: string;
  readonly node: string;
  readonly pid: number;
  readonly from: string;
  readonly to: string;
  readonly permanent: boolean;
  /** What `release_handler` took to install it; `undefined` where that is not known. */
  readonly handlerMilliseconds: number | undefined;
  readonly milliseconds: number;
}

/**
 * Changes the version that a release runs: checks, unpacks if it is a tarball, renders the configuration, installs, verifies and
 * makes permanent. What fails leaves the state as it was.
 *
 * Throws, before anything changes, `not_running`, `upgrade_running`, `version_installed`, `version_unknown`,
 * `no_older_version`, `not_packaged`, and what reading and checking a tarball throws; then what `installRelease` throws.
 */
export async function upgradeRelease(
  release: Release,
  target: UpgradeTarget,
  options: UpgradeOptions,
): Promise<UpgradeResult> {
  const begin = performance.now();
  const { onStep, signal } = options;
  const tarball = target.kind === "tarball" ? await readTarball(release, target.file, options) : undefined;
  const vm = upgradeVmOf(release, target.kind === "back" ? "roll back" : "upgrade");
  using cleanup = new DisposableStack();
  cleanup.use(await lockUpgrade(release, signal));
  await using first = await openSession(vm, { signal, onWait: () => onStep({ kind: "waiting" }) });
  const version = tarball?.spec.vsn ?? chooseVersion(first, target);
  refuseIfPermanent(first, version, options);
  cleanUp(first, onStep);
  return await upgradeIn(first, version, tarball, release, options, begin);
}

async function upgradeIn(
  session: UpgradeSession,
  version: string,
  tarball: UpgradeTarball | undefined,
  release: Release,
  options: UpgradeOptions,
  begin: number,
): Promise<UpgradeResult> {
  const { vm, places, running, connection } = session;
  const unpacked = tarball !== undefined && (await bring(session, tarball, options));
  // What is known has changed with it.
  const bookkeeping = keepBookkeeping(places);
  const moved = await useKeptCode(release, session, version);
  await using fresh = unpacked || moved ? await openSession(vm, options) : undefined;
  try {
    const current = fresh ?? session;
    const to = {
      release: installedRelease(current, version),
      config: prepareConfig(release, current, version, options),
    };
    const from = {
      release: installedRelease(current, running.version),
      config: running.version === version ? to.config : currentConfig(release, places, running.version),
    };
    if (isPackaged(release)) placeConfig(places, running.version, from.config);
    const events = options.events?.(running.version, version, vm);
    const { permanent, limits, settleSeconds, onStep, signal } = options;
    const request = { vm, places, from, to, permanent, limits, settleSeconds, onStep, signal };
    // Where a reconfiguration looks for what was said last.
    writeRenderedConfig({ stateDir: release.stateDir, version }, to.config);
    const installed = await installRelease(connection, events === undefined ? request : { ...request, events });
    if (permanent && !isPackaged(release)) switchGeneration(release.stateDir, version);
    if (!installed.watched && running.version !== version) {
      options.warn("The processes could not be watched meanwhile: whether each changed its state is not verified.");
    }
    return {
      release: release.name,
      node: vm.node,
      pid: vm.pid,
      from: running.version,
      to: version,
      permanent: options.permanent,
      handlerMilliseconds: installed.handlerMilliseconds,
      milliseconds: performance.now() - begin,
    };
  } catch (error) {
    if (options.signal.aborted) {
      options.warn(`What was begun goes on in the VM. To finish it: enit upgrade ${release.name} ${version}`);
    } else {
      if (unpacked) await removeAgain(session, version, options);
      bookkeeping.restore();
    }
    throw error;
  }
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

function readTarball(release: Release, file: string, { onStep, signal }: UpgradeOptions): Promise<UpgradeTarball> {
  if (!isPackaged(release)) throw notPackaged(release.name, file);
  onStep({ kind: "reading", file });
  return readUpgradeTarball(file, signal);
}

/** The version to go to where no tarball names it. */
function chooseVersion(session: UpgradeSession, target: UpgradeTarget): string {
  const { known, running, places, vm } = session;
  if (target.kind === "version") {
    if (known.some(({ version }) => version === target.version)) return target.version;
    throw versionUnknown(vm.release, target.version, known);
  }
  // What was installed for a try goes first, to what is permanent.
  const permanent = known.find(({ status }) => status === "permanent");
  if (permanent !== undefined && permanent.version !== running.version) return permanent.version;
  const others = known.filter(({ version, status }) => version !== running.version && status === "old");
  const older = others.find(
    ({ version }) => findScript(places.releasesDir, running.version, version)?.direction === "down",
  );
  if (older !== undefined) return older.version;
  throw new EnitError(
    "no_older_version",
    `cannot roll back "${vm.release}": there is no version before ${running.version} to go to`,
    {
      hint: `See what there is: enit releases ${vm.release}`,
      data: { release: vm.release, running: running.version, known: known.map(({ version }) => version) },
    },
  );
}

function refuseIfPermanent({ running, vm }: UpgradeSession, version: string, { permanent }: UpgradeOptions): void {
  if (running.version !== version || (running.status === "current" && permanent)) return;
  const state = running.status === "permanent" ? "runs already, and is permanent" : "runs already";
  throw new EnitError("version_installed", `cannot install ${version} of "${vm.release}": it ${state}`, {
    data: { release: vm.release, version, status: running.status },
  });
}

/** Brings the files of a tarball to their places; gives whether they were not there before. */
async function bring(session: UpgradeSession, tarball: UpgradeTarball, options: UpgradeOptions): Promise<boolean> {
  const { known, connection, places } = session;
  const { vsn } = tarball.spec;
  const present = known.find(({ version }) => version === vsn);
  if (present !== undefined && findIncomplete(tarball, places.root).length === 0) return false;
  // What never ran may be replaced: an earlier attempt, or another build of the version.
  if (present?.status === "unpacked") await removeRelease(connection, vsn, { signal: options.signal });
  checkAll(session, tarball);
  await unpackTarball(connection, tarball, places, options);
  return true;
}

function checkAll(session: UpgradeSession, tarball: UpgradeTarball): void {
  const { vm, places, running, facts } = session;
  const executable = `/proc/${vm.pid}/exe`;
  const target: TarballTarget = {
    ...places,
    release: vm.release,
    relName: running.name,
    running: running.version,
    facts,
    executable,
  };
  checkTarball(tarball, target);
  checkPlace(tarball, target);
}

/** Renders the configuration of the new version, and puts it where `release_handler` reads it. */
function prepareConfig(
  release: Release,
  { places, running }: UpgradeSession,
  version: string,
  { onStep, warn }: UpgradeOptions,
): ReturnType<typeof renderConfig> {
  onStep({ kind: "rendering", version });
  const config = renderConfig(release, places, version);
  if (!isPackaged(release)) return config;
  placeConfig(places, version, config);
  const [now, then] = [running.version, version].map((each) => renderPackagedConfig(places.root, each, release).vmArgs);
  if (JSON.stringify(now) !== JSON.stringify(then)) {
    warn(`The vm.args of ${version} differ from those of ${running.version}: they hold from the next start on.`);
  }
  return config;
}

/** Removes what this run has unpacked for nothing. */
async function removeAgain({ vm }: UpgradeSession, version: string, { warn, onStep }: UpgradeOptions): Promise<void> {
  if (!vm.isAlive()) return;
  onStep({ kind: "cleaning up", version });
  try {
    await using session = await openSession(vm);
    if (session.running.version !== version) await removeRelease(session.connection, version);
  } catch (error) {
    if (!(error instanceof EnitError)) throw error;
    warn(`${error.message}: version ${version} stays unpacked.`);
  }
}

/** Finds what an upgrade would do. Changes nothing. Throws what `upgradeRelease` throws before it changes anything. */
export async function planUpgrade(
  release: Release,
  target: UpgradeTarget,
  options: Pick<UpgradeOptions, "onStep" | "signal" | "permanent">,
): Promise<UpgradePlan> {
  const { signal } = options;
  const all = { ...options, warn: () => {}, limits: { restartSeconds: 0 }, settleSeconds: 0 };
  const tarball = target.kind === "tarball" ? await readTarball(release, target.file, all) : undefined;
  await using session = await openSession(upgradeVmOf(release, "upgrade"), { signal });
  const { running, known, installed, places, connection, vm } = session;
  const version = tarball?.spec.vsn ?? chooseVersion(session, target);
  refuseIfPermanent(session, version, all);
  const from = running.version;
  const libraries = { from: installed.get(from)?.libraries ?? [] };
  if (tarball !== undefined && !known.some((each) => each.version === version)) {
    checkAll(session, tarball);
    const way = tarball.relup?.up.find((each) => each.version === from);
    return await makePlan(
      connection,
      {
        from,
        to: version,
        direction: "up",
        instructions: way?.instructions ?? [],
        canGoBack: tarball.relup?.down.some((each) => each.version === from) ?? false,
        libraries: { ...libraries, to: librariesOf(tarball.spec) },
      },
      signal,
    );
  }
  const to = installedRelease(session, version, isPackaged(release) ? undefined : release.stateDir);
  const script = findScript(places.releasesDir, from, version);
  if (script === undefined && from !== version) throw noUpgradePath(vm.release, from, version);
  return await makePlan(
    connection,
    {
      from,
      to: version,
      direction: script?.direction ?? "up",
      instructions: script?.instructions ?? [],
      canGoBack: findScript(places.releasesDir, version, from) !== undefined,
      libraries: { ...libraries, to: to.libraries },
    },
    signal,
  );
}

function librariesOf({ applications }: ReleaseSpec): { name: string; vsn: string }[] {
  return applications.map(({ name, vsn }) => ({ name, vsn }));
}

function notPackaged(release: string, file: string): EnitError {
  return new EnitError("not_packaged", `cannot upgrade "${release}" by "${file}": it was not unpacked from a tarball`, {
    kind: "input",
    hint: `Its applications are those that are installed on this host. To take up what was installed since: enit update ${release}`,
    data: { release, file },
  });
}
