import { isPackaged, type Release } from "../release/index.ts";
import { currentConfig, renderConfig } from "./config.ts";
import { settled } from "./dynamic/rehome.ts";
import { makePlan, type UpgradePlan } from "./plan.ts";
import { effectsOf, findScript, noUpgradePath } from "./script.ts";
import { checkPermission, installedRelease, openSession, upgradeVmOf } from "./session.ts";
import type { UpgradeTarball } from "./tarball/read-upgrade.ts";
import { checkFits, chooseVersion, readTargetTarball, refuseInstalled, type UpgradeTarget } from "./target.ts";

/**
 * Finds what an upgrade would do. Changes nothing. Throws what `upgradeRelease` throws before it changes anything.
 *
 * `restart`: whether it may be by a restart, where there is no other way.
 */
export async function planUpgrade(
  release: Release,
  target: UpgradeTarget,
  { signal, restart = false }: { readonly signal: AbortSignal; readonly restart?: boolean | undefined },
): Promise<UpgradePlan> {
  const byRestart = restart && isPackaged(release);
  const tarball = await readTargetTarball(release, target, { onStep: () => {}, signal });
  await using session = await openSession(upgradeVmOf(release, "upgrade"), { signal });
  const { running, known, installed, places, connection, vm } = session;
  const version = tarball?.spec.vsn ?? chooseVersion(session, target);
  refuseInstalled(session, version, true);
  checkPermission(session, tarball !== undefined);
  const from = running.version;
  const packed = known.some((each) => each.version === version) ? undefined : tarball;
  const keptIn = isPackaged(release) ? undefined : release.stateDir;
  const present = packed === undefined ? installedRelease(session, version, keptIn).libraries : undefined;
  const libraries = { from: installed.get(from)?.libraries ?? [], to: present ?? librariesOf(tarball) };
  const script = findScript(places.releasesDir, from, version, packed?.relup);
  const restarts = script !== undefined && effectsOf(script.instructions).restartsEmulator;
  const hasNoWay = script === undefined && from !== version;
  if (packed !== undefined) checkFits(session, packed, { byRestart: byRestart && (hasNoWay || restarts) });
  if (hasNoWay && !byRestart) throw noUpgradePath(vm.release, from, version, isPackaged(release));
  const plan = await makePlan(
    connection,
    {
      from,
      to: version,
      direction: script?.direction ?? "up",
      instructions: script?.instructions ?? [],
      canGoBack: findScript(places.releasesDir, version, from, packed?.relup) !== undefined,
      libraries,
      next: present && {
        libraries: present.map((each) => settled(each, release)),
        config: renderConfig(release, places, version),
        formerConfig: currentConfig(release, places, from),
      },
    },
    signal,
  );
  return hasNoWay ? { ...plan, restartsEmulator: true } : plan;
}

function librariesOf(tarball: UpgradeTarball | undefined): { name: string; vsn: string }[] {
  return (tarball?.spec.applications ?? []).map(({ name, vsn }) => ({ name, vsn }));
}
