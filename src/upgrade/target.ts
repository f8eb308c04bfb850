import { EnitError } from "../error/index.ts";
import { isPackaged, type Release } from "../release/index.ts";
import { readFormerVersion } from "./former-version.ts";
import { findScript } from "./script.ts";
import { type UpgradeSession, versionUnknown } from "./session.ts";
import type { UpgradeStep } from "./step.ts";
import { checkPlace, checkTarball } from "./tarball/check-tarball.ts";
import { readUpgradeTarball, type UpgradeTarball } from "./tarball/read-upgrade.ts";

/** Where the version to install comes from. */
export type UpgradeTarget =
  | { readonly kind: "tarball"; readonly file: string }
  | { readonly kind: "version"; readonly version: string }
  /** The version before the one that runs. */
  | { readonly kind: "back" };

/** Reads the tarball, if the target is one. Throws `not_packaged`, and what `readUpgradeTarball` throws. */
export async function readTargetTarball(
  release: Release,
  target: UpgradeTarget,
  { onStep, signal }: { readonly onStep: (step: UpgradeStep) => void; readonly signal: AbortSignal },
): Promise<UpgradeTarball | undefined> {
  if (target.kind !== "tarball") return undefined;
  const { file } = target;
  if (!isPackaged(release)) throw notPackaged(release.name, file);
  onStep({ kind: "reading", file });
  return readUpgradeTarball(file, signal);
}

/** The version to go to where no tarball names it. Throws `version_unknown`, `no_older_version`. */
export function chooseVersion(session: UpgradeSession, target: UpgradeTarget): string {
  const { known, running, places, vm } = session;
  if (target.kind === "version") {
    if (known.some(({ version }) => version === target.version)) return target.version;
    throw versionUnknown(vm.release, target.version, known);
  }
  // What was installed for a try goes first, to what is permanent.
  const permanent = known.find(({ status }) => status === "permanent");
  if (permanent !== undefined && permanent.version !== running.version) return permanent.version;
  const others = known.filter(({ version, status }) => version !== running.version && status === "old");
  const former = readFormerVersion(places, running.version);
  if (former !== undefined && others.some(({ version }) => version === former)) return former;
  const older = others.find(
    ({ version }) => findScript(places.releasesDir, running.version, version)?.direction === "down",
  );
  if (older !== undefined) return older.version;
  const state = `there is no version before ${running.version} to go to`;
  const byRestart =
    others.length === 0 ? "" : ` Where no relup leads, a restart does: enit rollback ${vm.release} VERSION --restart`;
  throw new EnitError("no_older_version", `cannot roll back "${vm.release}": ${state}`, {
    hint: `See what there is: enit releases ${vm.release}.${byRestart}`,
    data: { release: vm.release, running: running.version, known: known.map(({ version }) => version) },
  });
}

/** Throws `version_installed` if there is nothing to do: of what runs and is not permanent, `permanent` may be wanted. */
export function refuseInstalled({ running, vm }: UpgradeSession, version: string, permanent: boolean): void {
  if (running.version !== version || (running.status === "current" && permanent)) return;
  const state = running.status === "permanent" ? "runs already, and is permanent" : "runs already";
  throw new EnitError("version_installed", `cannot install ${version} of "${vm.release}": it ${state}`, {
    data: { release: vm.release, version, status: running.status },
  });
}

/** Checks that a tarball fits what runs, and has its place. Throws what `checkTarball` and `checkPlace` throw. */
export function checkFits(
  session: UpgradeSession,
  tarball: UpgradeTarball,
  { byRestart }: { readonly byRestart: boolean },
): void {
  const { vm, places, running, facts } = session;
  const target = {
    ...places,
    release: vm.release,
    relName: running.name,
    running: running.version,
    facts,
    executable: `/proc/${vm.pid}/exe`,
    byRestart,
  };
  checkTarball(tarball, target);
  checkPlace(tarball, target);
}

function notPackaged(release: string, file: string): EnitError {
  return new EnitError("not_packaged", `cannot upgrade "${release}" by "${file}": it was not unpacked from a tarball`, {
    kind: "input",
    hint: `Its applications are those that are installed on this host. To take up what was installed since: enit update ${release}`,
    data: { release, file },
  });
}
