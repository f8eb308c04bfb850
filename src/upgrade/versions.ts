import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { EnitError } from "../error/index.ts";
import { readReleasesFile, type ReleaseStatus } from "../otp/index.ts";
import { isPackaged, type Release } from "../release/index.ts";
import { asOwnerOf, findRunningVm, removeGeneration, runningVersion, statePaths } from "../vm/index.ts";
import { lockUpgrade } from "./lock.ts";
import { removePackaged } from "./remove-packaged.ts";
import { cleanUp, openSession, type UpgradeSession, upgradeVmOf, versionUnknown } from "./session.ts";
import type { UpgradeStep } from "./step.ts";
import { setRemoved } from "./vm/handler.ts";

/** A version of a release that is on this host. */
export interface ReleaseVersion {
  readonly version: string;
  /** As `release_handler` says it. */
  readonly status: ReleaseStatus;
  readonly running: boolean;
  /** `NAME-VSN` of each application. */
  readonly libraries: readonly string[];
  /** Those of them that no other version needs: what goes with it. */
  readonly own: readonly string[];
}

/** Lists the versions of a release, the newest first: as its VM knows them, or, where none runs that does, as its files say. */
export async function listVersions(release: Release, signal?: AbortSignal): Promise<ReleaseVersion[]> {
  if (findRunningVm(release.stateDir) === undefined) return describe(readFiles(release), undefined);
  try {
    await using session = await openSession(upgradeVmOf(release, "ask"), { signal });
    return describe(session.known, session.running.version);
  } catch (error) {
    if (!(error instanceof EnitError) || error.code !== "sasl_missing") throw error;
    return describe(readFiles(release), runningVersion(release));
  }
}

interface Known {
  readonly version: string;
  readonly status: ReleaseStatus;
  readonly libraries: readonly string[];
}

function readFiles(release: Release): Known[] {
  const directory = isPackaged(release) ? release.packaged.releasesDir : statePaths(release.stateDir).releasesDir;
  try {
    return readReleasesFile(join(directory, "RELEASES")).map(({ vsn, status, libraries }) => ({
      version: vsn,
      status,
      libraries: libraries.map((library) => `${library.name}-${library.vsn}`),
    }));
  } catch (error) {
    if (error instanceof EnitError && error.code === "file_not_found") return [];
    throw error;
  }
}

function describe(known: readonly Known[], running: string | undefined): ReleaseVersion[] {
  return known.map(({ version, status, libraries }) => {
    const others = new Set(known.flatMap((each) => (each.version === version ? [] : each.libraries)));
    const own = libraries.filter((library) => !others.has(library));
    return { version, status, running: version === running, libraries, own };
  });
}

/**
 * Removes a version and the files that no other one needs.
 *
 * Throws `version_in_use` for what runs or is permanent, `version_unknown`, `not_running`.
 */
export async function removeVersion(
  release: Release,
  version: string,
  options: { readonly onStep: (step: UpgradeStep) => void; readonly signal: AbortSignal },
): Promise<ReleaseVersion> {
  const vm = upgradeVmOf(release, "remove a version of");
  using cleanup = new DisposableStack();
  cleanup.use(await lockUpgrade(release, options.signal));
  await using session = await openSession(vm, {
    signal: options.signal,
    onWait: () => options.onStep({ kind: "waiting" }),
  });
  cleanUp(session, options.onStep);
  const { known, running, connection } = session;
  const found = describe(known, running.version).find((each) => each.version === version);
  if (found === undefined) throw versionUnknown(release.name, version, known);
  if (found.running || found.status === "permanent") throw inUse(release.name, found);
  // What it does not know the libraries of, it would take for needing none.
  const blind = known.find(({ libraries }) => libraries.length === 0);
  if (blind !== undefined) throw unknownLibraries(release.name, version, blind.version);
  if (isPackaged(release)) {
    makeMissing(session, version);
    await removePackaged(session, version, { signal: options.signal });
  } else {
    // Its libraries are those that are installed on this host: they are not ours to remove.
    await setRemoved(connection, version, { signal: options.signal });
    removeGeneration(release.stateDir, version);
  }
  return found;
}

/** `release_handler` removes nothing of a release that lacks a directory: it gets an empty one. */
function makeMissing({ installed, places }: UpgradeSession, version: string): void {
  const libraries = installed.get(version)?.libraries.map(({ dir }) => dir) ?? [];
  const missing = [...libraries, join(places.releasesDir, version)].filter((dir) => !existsSync(dir));
  asOwnerOf(places.releasesDir, () => {
    for (const dir of missing) mkdirSync(dir, { recursive: true });
  });
}

function inUse(release: string, { version, running, status }: ReleaseVersion): EnitError {
  const state = running ? "it runs" : "it is the permanent one, which starts the next time";
  return new EnitError("version_in_use", `cannot remove version ${version} of "${release}": ${state}`, {
    hint: `Go to another version first: enit rollback ${release}, or enit upgrade ${release} VERSION`,
    data: { release, version, status },
  });
}

function unknownLibraries(release: string, version: string, blind: string): EnitError {
  const state = `nobody knows what libraries version ${blind} needs`;
  return new EnitError("releases_missing", `cannot remove version ${version} of "${release}": ${state}`, {
    data: { release, version, blind },
  });
}
