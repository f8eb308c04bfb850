import { existsSync } from "node:fs";
import { join } from "node:path";
import type { NodeConnection } from "../dist/index.ts";
import { EnitError } from "../error/index.ts";
import { type InstalledLibrary, readApplication } from "../otp/index.ts";
import type { Release } from "../release/index.ts";
import { connectVm, findKept, findRunningVm, notRunning } from "../vm/index.ts";
import { readInstalledReleases, type ReleasePlaces, type UpgradeRelease } from "./release-files.ts";
import type { UpgradeStep } from "./step.ts";
import { endUnpacking, undoUnpacking, unfinishedUnpacking } from "./tarball/journal.ts";
import { sendAgent } from "./vm/agent.ts";
import { readVmFacts, type VmFacts } from "./vm/facts.ts";
import { type KnownRelease, knownReleases, runningRelease } from "./vm/handler.ts";
import type { UpgradeVm } from "./vm/link.ts";

/** A running VM whose version may be changed: what is known of it, and the connection to it. */
export interface UpgradeSession extends AsyncDisposable {
  readonly vm: UpgradeVm;
  readonly connection: NodeConnection;
  readonly facts: VmFacts;
  readonly places: ReleasePlaces;
  readonly known: readonly KnownRelease[];
  readonly running: KnownRelease;
  /** Where the libraries of the releases are, by version. */
  readonly installed: ReadonlyMap<string, UpgradeRelease>;
}

/** The VM of a release that enit started. Throws `not_running`. */
export function upgradeVmOf(release: Pick<Release, "name" | "stateDir" | "node">, action: string): UpgradeVm {
  const vm = findRunningVm(release.stateDir);
  if (vm === undefined) throw notRunning(release.name, action);
  return {
    release: release.name,
    node: vm.node,
    pid: vm.pid,
    connect: (limits) => connectVm(vm, release.stateDir, { cookie: release.node.cookie, ...limits }),
    isAlive: () => findRunningVm(release.stateDir)?.pid === vm.pid,
  };
}

export interface SessionOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called once if `release_handler` is at work, for which we wait. */
  readonly onWait?: (() => void) | undefined;
}

/** How long `release_handler` may take for what was begun before, in milliseconds. */
const HANDLER_PATIENCE = 60_000;

/**
 * Connects to a VM and asks for all that is known of its releases. Waits while `release_handler` is at work: it goes on with
 * what an enit has begun that was ended.
 *
 * Throws `sasl_missing`, `handler_busy`, `releases_missing`, and what connecting throws.
 */
export async function openSession(vm: UpgradeVm, { signal, onWait }: SessionOptions = {}): Promise<UpgradeSession> {
  const connection = await vm.connect({ signal });
  try {
    await sendAgent(connection);
    const facts = await readVmFacts(connection, signal);
    if (facts.handler === "none") throw saslMissing(vm);
    if (facts.handler === "busy") onWait?.();
    const known = await releasesOnceIdle(vm, connection, signal);
    const running = runningRelease(known);
    const places = { root: facts.root, releasesDir: facts.releasesDir };
    if (running === undefined || running.libraries.length === 0) throw releasesMissing(vm, places);
    const installed = readInstalledReleases(places);
    if (!installed.has(running.version)) throw releasesMissing(vm, places);
    const dispose = (): Promise<void> => connection.close();
    return { vm, connection, facts, places, known, running, installed, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** What `release_handler` knows, which it answers when it is done with what it was asked before. */
async function releasesOnceIdle(
  vm: UpgradeVm,
  connection: NodeConnection,
  signal: AbortSignal | undefined,
): Promise<KnownRelease[]> {
  try {
    return await knownReleases(connection, { signal, timeout: HANDLER_PATIENCE });
  } catch (error) {
    if (error instanceof EnitError && error.code === "call_timeout") throw handlerBusy(vm);
    throw error;
  }
}

/**
 * Cleans up after an unpacking that was not ended: what `release_handler` knows is whole, what it does not know is removed.
 * Gives whether there was any.
 */
export function cleanUp({ places, known }: UpgradeSession, onStep: (step: UpgradeStep) => void): boolean {
  const unfinished = unfinishedUnpacking(places);
  if (unfinished === undefined) return false;
  onStep({ kind: "cleaning up", version: unfinished.version });
  if (known.some(({ version }) => version === unfinished.version)) endUnpacking(places);
  else undoUnpacking(places, unfinished);
  return true;
}

/**
 * Throws `not_permitted` if the user of the VM may not write where `release_handler` writes; `unpacking` takes more than
 * going to another version.
 */
export function checkPermission({ vm, facts, places }: UpgradeSession, unpacking: boolean): void {
  const path = facts.unwritable.find((each) => unpacking || each.startsWith(places.releasesDir));
  if (path === undefined) return;
  throw new EnitError("not_permitted", `cannot upgrade "${vm.release}": the user of its VM may not write ${path}`, {
    hint: `release_handler works with the rights of the VM: give ${unpacking ? places.root : places.releasesDir} to its user.`,
    data: { release: vm.release, path },
  });
}

/**
 * The libraries of a version, all of which must be there; of a dynamic release, those in `keptIn`, its state directory, count too.
 *
 * Throws `version_unknown`, `libraries_missing`.
 */
export function installedRelease(
  { installed, known, vm }: UpgradeSession,
  version: string,
  keptIn?: string,
): UpgradeRelease {
  const release = installed.get(version);
  if (release === undefined) throw versionUnknown(vm.release, version, known);
  const missing = release.libraries.filter(
    (library) => !isThere(library) && (keptIn === undefined || findKept(keptIn, library) === undefined),
  );
  if (missing.length === 0) return release;
  const names = missing.map(({ name, vsn }) => `${name}-${vsn}`);
  const state = `its libraries ${names.join(", ")} are gone`;
  throw new EnitError("libraries_missing", `cannot install version ${version} of "${vm.release}": ${state}`, {
    hint: `It can only be forgotten: enit releases ${vm.release} --remove ${version}`,
    data: { release: vm.release, version, missing: missing.map(({ dir }) => dir) },
  });
}

/** Whether a library is where it was, or in an archive there: what is called after no version may be another one by now. */
export function isThere({ name, vsn, dir }: InstalledLibrary): boolean {
  const file = join(dir, "ebin", `${name}.app`);
  return existsSync(file) ? readApplication(file).vsn === vsn : existsSync(`${dir}.ez`);
}

/** The error of a version that `release_handler` does not know. */
export function versionUnknown(
  release: string,
  version: string,
  known: readonly { readonly version: string }[],
): EnitError {
  const versions = known.map((each) => each.version);
  return new EnitError("version_unknown", `cannot find version ${version} of "${release}": it is not on this host`, {
    kind: "input",
    hint: `Known are ${versions.join(", ")}. A new one comes by enit upgrade ${release} FILE.tar.gz, or, where it is installed, by enit update ${release}`,
    data: { release, version, known: versions },
  });
}

function saslMissing({ release, node }: UpgradeVm): EnitError {
  return new EnitError("sasl_missing", `cannot upgrade "${release}": its VM does not run sasl`, {
    hint: "The application sasl has release_handler, which does the work. Add it to the release, and restart it.",
    data: { release, node },
  });
}

function handlerBusy({ release, node }: UpgradeVm): EnitError {
  return new EnitError("handler_busy", `cannot upgrade "${release}": its release_handler is at work already`, {
    hint: `What an earlier upgrade has begun is not done yet. To start the VM anew with its permanent version: enit restart ${release}`,
    data: { release, node },
  });
}

function releasesMissing({ release }: UpgradeVm, { releasesDir }: ReleasePlaces): EnitError {
  const state = `${releasesDir} has no RELEASES that knows what runs`;
  return new EnitError("releases_missing", `cannot upgrade "${release}": ${state}`, {
    hint: `enit writes it when it starts the release: make ${releasesDir} writable and restart it, or build the release with knit.`,
    data: { release, releasesDir },
  });
}
