import { statSync } from "node:fs";
import type { NodeConnection } from "../../dist/index.ts";
import { EnitError } from "../../error/index.ts";
import { type Release, toSysConfig } from "../../release/index.ts";
import {
  findInstalledSystem,
  type Generation,
  keepCode,
  type KeptLibrary,
  pruneKept,
  readStarts,
  removeGeneration,
  runningVersion,
  statePaths,
  switchGeneration,
  writeGeneration,
} from "../../vm/index.ts";
import { currentConfig } from "../config.ts";
import { type InstallEvents, type Installed, installRelease, type InstallRequest } from "../install/install.ts";
import { makePlan } from "../plan.ts";
import { readInstalledReleases, type ReleasePlaces, type UpgradeSide } from "../release-files.ts";
import { sendAgent } from "../vm/agent.ts";
import { readVmFacts } from "../vm/facts.ts";
import { knownReleases, runningRelease, setRemoved, setUnpacked } from "../vm/handler.ts";
import { nextVersion } from "./differences.ts";
import { readRunningLibraries } from "./old-code.ts";
import { rehome } from "./rehome.ts";
import { type PlanHooks, type PlannedGeneration, planUpdate, type UpdatePlan } from "./plan.ts";

/** A dynamic release that runs, and the way to its VM. */
export interface DynamicRelease {
  readonly release: Release;
  readonly vm: InstallRequest["vm"];
  readonly connection: NodeConnection;
  readonly warn: (message: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** How an installation is to go: as `installRelease` takes it. */
export interface InstallManner extends Pick<InstallRequest, "limits" | "settleSeconds" | "onStep"> {
  readonly events?: InstallEvents;
}

/**
 * Finds how a VM comes to what is installed now, and, if it is to be described, what that does to the VM. Changes nothing.
 *
 * Throws `handler_busy`, and what connecting throws.
 */
export async function planDynamicUpdate(
  dynamic: DynamicRelease,
  hooks: PlanHooks,
  { described }: { readonly described: boolean },
): Promise<UpdatePlan> {
  const { release, connection, signal } = dynamic;
  await sendAgent(connection);
  const facts = await readVmFacts(connection, signal);
  if (facts.handler === "busy") throw handlerBusy(dynamic);
  const hasHandler = facts.handler === "idle";
  const known = hasHandler ? await knownReleases(connection, { signal }) : [];
  const version = runningRelease(known)?.version ?? runningVersion(release);
  const installed = readInstalledReleases(placesOf(release));
  const former = installed.get(version);
  if (former === undefined) throw new Error(`RELEASES does not know the version ${version} that runs`);
  // What never ran is in nobody's way: it is removed before the next attempt.
  const taken = new Set(known.filter(({ status }) => status !== "unpacked").map((each) => each.version)).add(version);
  return planUpdate({
    release: { ...release, version: nextVersion(release.version, taken) },
    running: {
      name: release.name,
      version,
      ertsVersion: facts.ertsVersion,
      libraries: await readRunningLibraries(connection, former.libraries, { stateDir: release.stateDir, signal }),
      starts: readStarts(release.stateDir, version),
      otpRoot: facts.root,
      config: currentConfig(release, placesOf(release), version),
    },
    system: findInstalledSystem(release),
    hasHandler,
    hooks,
    describe: described ? (input) => makePlan(connection, input, signal) : undefined,
  });
}

/**
 * Ends what an update left that was interrupted: the generation that it installed becomes permanent once it is verified, and
 * one that never ran is removed. Only for whoever holds the lock. Throws as `installRelease`.
 */
export async function finishInterrupted(dynamic: DynamicRelease, manner: InstallManner): Promise<void> {
  const { release, connection, signal } = dynamic;
  await sendAgent(connection);
  const facts = await readVmFacts(connection, signal);
  if (facts.handler === "busy") throw handlerBusy(dynamic);
  if (facts.handler === "none") return;
  const known = await knownReleases(connection, { signal });
  const running = runningRelease(known);
  const permanent = known.find(({ status }) => status === "permanent");
  // One that was installed to be tried is noted, and stays what it is.
  if (running !== undefined && running.version !== runningVersion(release)) {
    if (running.status === "permanent" || permanent === undefined) {
      switchGeneration(release.stateDir, running.version, true);
    } else {
      await bringTo(dynamic, sideOf(release, permanent.version), sideOf(release, running.version), manner);
    }
  }
  for (const { version, status } of known) {
    if (status === "unpacked") await forget(connection, release.stateDir, version, manner);
  }
}

/** Has the VM come to the next generation. Throws what `installRelease` throws; nothing of the generation is left then. */
export async function installGeneration(
  dynamic: DynamicRelease,
  { generation, running }: PlannedGeneration,
  manner: InstallManner,
): Promise<Installed> {
  const { release, vm, connection, signal } = dynamic;
  const { version } = generation.release;
  const former = sideOf(release, runningVersion(release));
  const libraries = await rehome(connection, release, former.release, running);
  const from = { ...former, release: { ...former.release, libraries } };
  manner.onStep({ kind: "rendering", version });
  keepNextCode(dynamic, generation, libraries);
  const { relFile, libraries: placed } = writeGeneration(generation);
  try {
    await setUnpacked(connection, relFile, placed, { signal });
    const to = { ...sideOf(release, version), config: toSysConfig(release.config) };
    return await bringTo(dynamic, from, to, manner);
  } catch (error) {
    // What was begun goes on in the VM, if somebody only stopped waiting for it.
    if (signal?.aborted !== true && vm.isAlive()) await forgetAnew(dynamic, version, manner);
    throw error;
  }
}

/**
 * For the update after this one. Without, that may come to a restart. What is kept of a version that does not run may be of an
 * update that failed, or of another build.
 */
function keepNextCode(
  { release, warn }: DynamicRelease,
  { system }: Generation,
  running: readonly KeptLibrary[],
): void {
  const { stateDir, node } = release;
  if (!node.keepCode) return;
  const next = system.applications;
  const others = knownLibraries(release).filter((library) => !next.some((each) => isSame(each, library)));
  try {
    pruneKept(stateDir, [...running, ...others]);
    const { gid } = statSync(statePaths(stateDir).releasesDir);
    keepCode(stateDir, next, { otpLibDir: system.otp.libDir, gid });
  } catch (error) {
    if (!(error instanceof EnitError)) throw error;
    warn(`${error.message}.`);
  }
}

/** Goes to a generation that `release_handler` knows, and notes it. */
async function bringTo(
  { release, vm, connection, signal }: DynamicRelease,
  from: UpgradeSide,
  to: UpgradeSide,
  manner: InstallManner,
): Promise<Installed> {
  const places = placesOf(release);
  const installed = await installRelease(connection, { ...manner, vm, places, from, to, permanent: true, signal });
  switchGeneration(release.stateDir, to.release.version, true);
  pruneKept(release.stateDir, knownLibraries(release));
  await manner.events?.installed?.(true);
  return installed;
}

/** The libraries of all versions that `release_handler` knows. */
function knownLibraries(release: Release): KeptLibrary[] {
  return [...readInstalledReleases(placesOf(release)).values()].flatMap(({ libraries }) => libraries);
}

function isSame(one: KeptLibrary, other: KeptLibrary): boolean {
  return one.name === other.name && one.vsn === other.vsn;
}

function sideOf(release: Release, version: string): UpgradeSide {
  const places = placesOf(release);
  const known = readInstalledReleases(places).get(version);
  if (known === undefined) throw new Error(`RELEASES does not know the version ${version}`);
  return { release: known, config: currentConfig(release, places, version) };
}

function placesOf({ stateDir }: Pick<Release, "stateDir">): ReleasePlaces {
  return { root: stateDir, releasesDir: statePaths(stateDir).releasesDir };
}

/** Forgets a generation by another connection: the VM may have been started anew, and that of the installation be lost. */
async function forgetAnew(
  { release, vm }: DynamicRelease,
  version: string,
  manner: Pick<InstallManner, "onStep">,
): Promise<void> {
  try {
    await using connection = await vm.connect({});
    await forget(connection, release.stateDir, version, manner);
  } catch (error) {
    // The next update begins with that, and a start with an empty directory.
    if (!(error instanceof EnitError)) throw error;
  }
}

async function forget(
  connection: NodeConnection,
  stateDir: string,
  version: string,
  { onStep }: Pick<InstallManner, "onStep">,
): Promise<void> {
  const status = (await knownReleases(connection)).find((each) => each.version === version)?.status;
  // It may run in spite of all: what runs is needed.
  if (status === "current" || status === "permanent") return;
  onStep({ kind: "cleaning up", version });
  if (status !== undefined) await setRemoved(connection, version);
  removeGeneration(stateDir, version);
}

function handlerBusy({ release: { name }, vm: { node } }: DynamicRelease): EnitError {
  return new EnitError("handler_busy", `cannot update "${name}": its release_handler is at work already`, {
    hint: "Somebody else changes the version, or an enit did that was ended. Try again when it is done.",
    data: { release: name, node },
  });
}
