import type { NodeConnection } from "../../dist/index.ts";
import { EnitError } from "../../error/index.ts";
import { findOtp, type InstalledLibrary } from "../../otp/index.ts";
import type { Release } from "../../release/index.ts";
import { atom, list, listElements, string, textValue, tuple } from "../../term/index.ts";
import { findKept, findRunningVm, moveGeneration, runningVersion } from "../../vm/index.ts";
import type { UpgradeRelease } from "../release-files.ts";
import { isThere } from "../session.ts";

/**
 * Has a version of a dynamic release use the code that is kept of its applications, where the places that they were installed in
 * hold other code by now, or none. Gives where they are.
 *
 * Throws `old_code_in_use` where processes would not outlive it.
 *
 * `libraries`: what is known of where they are, which is taken as it is. Default: what still has its version stays.
 */
export async function rehome(
  connection: NodeConnection,
  release: Release,
  { version, libraries: former }: UpgradeRelease,
  libraries: readonly InstalledLibrary[] = former.map((each) => settled(each, release)),
): Promise<readonly InstalledLibrary[]> {
  const moved = libraries.filter(({ name, dir }) => former.find((each) => each.name === name)?.dir !== dir);
  if (moved.length === 0) return libraries;
  const places = list(moved.map(({ name, dir }) => tuple(atom(name), string(dir))));
  const isRunning = atom(String(runningVersion(release) === version));
  const answer = await connection.call("enit_upgrade", "rehome", [string(version), places, isRunning]);
  const lingering = (listElements(answer) ?? []).map((module) => textValue(module) ?? "");
  if (lingering.length > 0) throw oldCodeInUse(release.name, lingering);
  // That of the VM, whatever is installed by now.
  const otpRoot = findRunningVm(release.stateDir)?.otpRoot;
  moveGeneration({ ...release, version }, findOtp(otpRoot === undefined ? {} : { root: otpRoot }), libraries);
  return libraries;
}

/** Another load of what is loaded would end them. */
function oldCodeInUse(release: string, modules: readonly string[]): EnitError {
  const state = `its installed code was replaced, and processes execute ${modules.join(", ")} all the time, or hold funs of it`;
  return new EnitError("old_code_in_use", `cannot change "${release}" while it runs: ${state}`, {
    hint: `To take it up with a restart: enit restart ${release}`,
    data: { release, modules },
  });
}

/** Where a library of a dynamic release is: in its place, or, if that holds other code or none, where it is kept. */
export function settled(library: InstalledLibrary, { stateDir }: Release): InstalledLibrary {
  const kept = isThere(library) ? undefined : findKept(stateDir, library);
  return kept === undefined ? library : { ...library, dir: kept };
}
