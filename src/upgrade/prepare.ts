import { EnitError } from "../error/index.ts";
import { isPackaged, type Release, renderPackagedConfig } from "../release/index.ts";
import { placeConfig, renderConfig } from "./config.ts";
import { removePackaged } from "./remove-packaged.ts";
import { effectsOf, findScript, needsRestart } from "./script.ts";
import { openSession, type UpgradeSession } from "./session.ts";
import { findIncomplete } from "./tarball/check-tarball.ts";
import type { UpgradeTarball } from "./tarball/read-upgrade.ts";
import { unpackTarball } from "./tarball/unpack.ts";
import { checkFits } from "./target.ts";
import type { UpgradeOptions } from "./upgrade.ts";
import type { UpgradeVm } from "./vm/link.ts";

/** Brings the files of a tarball to their places; gives whether they were not there before. */
export async function bring(
  session: UpgradeSession,
  tarball: UpgradeTarball,
  { byRestart, ...options }: Pick<UpgradeOptions, "onStep" | "signal"> & { readonly byRestart: boolean },
): Promise<boolean> {
  const { known, running, connection, places } = session;
  const { vsn } = tarball.spec;
  const present = known.find(({ version }) => version === vsn);
  if (present !== undefined && findIncomplete(tarball, places.root).length === 0) return false;
  // What never ran may be replaced: an earlier attempt, or another build of the version.
  if (present?.status === "unpacked") await removePackaged(session, vsn, { signal: options.signal });
  checkFits(session, tarball, { byRestart });
  const way = findScript(places.releasesDir, running.version, vsn, tarball.relup);
  const restarts = way !== undefined && effectsOf(way.instructions).restartsEmulator;
  if (restarts && !byRestart) throw needsRestart(session.vm.release, vsn);
  await unpackTarball(connection, tarball, places, options);
  return true;
}

/** Renders the configuration of the new version, and puts it where `release_handler` reads it. */
export function prepareConfig(
  release: Release,
  { places, running }: UpgradeSession,
  version: string,
  { onStep, warn, byRestart }: Pick<UpgradeOptions, "onStep" | "warn"> & { readonly byRestart: boolean },
): ReturnType<typeof renderConfig> {
  onStep({ kind: "rendering", version });
  const config = renderConfig(release, places, version);
  if (!isPackaged(release)) return config;
  placeConfig(places, version, config);
  if (byRestart) return config;
  const [now, then] = [running.version, version].map((each) => renderPackagedConfig(places.root, each, release).vmArgs);
  if (JSON.stringify(now) !== JSON.stringify(then)) {
    warn(`The vm.args of ${version} differ from those of ${running.version}: they hold from the next start on.`);
  }
  return config;
}

/** Removes what this run has unpacked for nothing. */
export async function removeAgain(
  vm: UpgradeVm,
  version: string,
  { warn, onStep }: Pick<UpgradeOptions, "warn" | "onStep">,
): Promise<void> {
  if (!vm.isAlive()) return;
  onStep({ kind: "cleaning up", version });
  try {
    await using session = await openSession(vm);
    if (session.running.version !== version) await removePackaged(session, version);
  } catch (error) {
    if (!(error instanceof EnitError)) throw error;
    warn(`${error.message}: version ${version} stays unpacked.`);
  }
}
