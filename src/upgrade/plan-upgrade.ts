import type { ReleaseSpec } from "../otp/index.ts";
import { isPackaged, type Release } from "../release/index.ts";
import { makePlan, type UpgradePlan } from "./plan.ts";
import { findScript, noUpgradePath } from "./script.ts";
import { checkPermission, installedRelease, openSession, upgradeVmOf } from "./session.ts";
import { checkFits, chooseVersion, readTargetTarball, refuseInstalled, type UpgradeTarget } from "./target.ts";

/** Finds what an upgrade would do. Changes nothing. Throws what `upgradeRelease` throws before it changes anything. */
export async function planUpgrade(release: Release, target: UpgradeTarget, signal: AbortSignal): Promise<UpgradePlan> {
  const tarball = await readTargetTarball(release, target, { onStep: () => {}, signal });
  await using session = await openSession(upgradeVmOf(release, "upgrade"), { signal });
  const { running, known, installed, places, connection, vm } = session;
  const version = tarball?.spec.vsn ?? chooseVersion(session, target);
  refuseInstalled(session, version, true);
  checkPermission(session, tarball !== undefined);
  const from = running.version;
  const libraries = { from: installed.get(from)?.libraries ?? [] };
  if (tarball !== undefined && !known.some((each) => each.version === version)) {
    checkFits(session, tarball);
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
