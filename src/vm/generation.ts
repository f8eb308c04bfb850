/**
 * The generations of a dynamic release: each time that a running VM takes up what is installed by then, it comes to another
 * version of its release, with a directory of its own beside that of the start.
 */
import { chownSync, existsSync, mkdirSync, rmSync, statSync, symlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import {
  findApplications,
  formatTermFile,
  type InstalledLibrary,
  type OtpInstallation,
  readApplication,
  readReleasesFile,
  readTermFile,
  releasesToTerm,
  type StartType,
  writeFileAtomically,
} from "../otp/index.ts";
import type { Release } from "../release/index.ts";
import type { Term } from "../term/index.ts";
import { startsIn, versionIn, withApplications } from "./agent-settings.ts";
import { asOwnerOf } from "./identity.ts";
import { releaseFiles } from "./release-files.ts";
import { type StatePaths, statePaths } from "./state-paths.ts";
import type { InstalledSystem } from "./system.ts";
import { changeVmVersion, findRunningVm } from "./vm-record.ts";
import { writingState } from "./writing-state.ts";

export interface Generation {
  /** Its version is that of the generation. */
  readonly release: Release;
  readonly system: InstalledSystem;
  /** From and to the generation before it. */
  readonly relup: Term;
}

/** A generation as `release_handler:set_unpacked/2` takes it. */
export interface WrittenGeneration {
  readonly relFile: string;
  readonly libraries: readonly PlacedLibrary[];
}

export interface PlacedLibrary {
  readonly name: string;
  readonly vsn: string;
  /** The directory that holds the library as `NAME-VSN`. */
  readonly parent: string;
}

/** In a version's directory: the settings of the agent for it. */
const AGENT_SETTINGS = "agent.settings";

/**
 * Writes the directory of a generation, in place of what is left of one of the same version.
 *
 * `release_handler` takes libraries in directories `NAME-VSN` only; what is called otherwise gets a link of that name.
 *
 * Only for whoever holds the lock. Throws `state_dir_unwritable`, and what making the boot script throws.
 */
export function writeGeneration({ release, system, relup }: Generation): WrittenGeneration {
  const { stateDir, name, version } = release;
  const paths = statePaths(stateDir);
  // The others say which version starts, which release_handler decides.
  const files = releaseFiles(release, system).filter((file) => file.name.startsWith(`${version}/`));
  const settings = withApplications(readSettings(paths), release, system.starts);
  const directory = join(paths.releasesDir, version);
  const links = join(directory, "lib");
  const misnamed = system.applications.filter((application) => basename(application.dir) !== libraryName(application));
  writingState(stateDir, () =>
    asOwnerOf(paths.releasesDir, () => {
      rmSync(directory, { recursive: true, force: true });
      mkdirSync(directory, { recursive: true, mode: 0o755 });
      for (const file of files) writeFileAtomically(join(paths.releasesDir, file.name), file.content, file.mode);
      writeFileAtomically(join(directory, "relup"), formatTermFile(relup, { otp: system.otp.release }), 0o644);
      writeFileAtomically(join(directory, AGENT_SETTINGS), formatTermFile(settings), 0o600);
      if (misnamed.length > 0) mkdirSync(links, { mode: 0o755 });
      for (const application of misnamed) symlinkSync(application.dir, join(links, libraryName(application)));
    }),
  );
  const libraries = system.applications.map((application) => {
    const parent = misnamed.includes(application) ? links : dirname(application.dir);
    return { name: application.name, vsn: application.vsn, parent };
  });
  return { relFile: join(directory, `${name}.rel`), libraries };
}

function libraryName({ name, vsn }: { readonly name: string; readonly vsn: string }): string {
  return `${name}-${vsn}`;
}

/**
 * Writes the boot files of a version anew, and its entry in `RELEASES`, for libraries that lie elsewhere by now. Only for whoever
 * holds the lock. Throws `state_dir_unwritable`, and what making the boot script throws.
 */
export function moveGeneration(release: Release, otp: OtpInstallation, libraries: readonly InstalledLibrary[]): void {
  const { stateDir, version } = release;
  const { releasesDir } = statePaths(stateDir);
  const specs = libraries.map(({ name, dir }) => readApplication(join(dir, "ebin", `${name}.app`)));
  const applications = specs.map((spec) => ({ ...spec, spec, requested: true, includedBy: undefined }));
  const files = releaseFiles(release, { otp, index: findApplications({ specs }), applications });
  const boots = files.filter(({ name }) => name.startsWith(`${version}/`) && name.endsWith(".boot"));
  const file = join(releasesDir, "RELEASES");
  writingState(stateDir, () =>
    asOwnerOf(releasesDir, () => {
      const known = readReleasesFile(file);
      const entries = known.map((each) => (each.vsn === version ? Object.assign({}, each, { libraries }) : each));
      for (const { name, content, mode } of boots) writeFileAtomically(join(releasesDir, name), content, mode);
      writeFileAtomically(file, formatTermFile(releasesToTerm(entries), { otp: otp.release }), 0o644);
    }),
  );
}

/** Removes the directory of a generation that came to nothing. Throws `state_dir_unwritable`. */
export function removeGeneration(stateDir: string, version: string): void {
  const { releasesDir } = statePaths(stateDir);
  writingState(stateDir, () =>
    asOwnerOf(releasesDir, () => rmSync(join(releasesDir, version), { recursive: true, force: true })),
  );
}

/**
 * Notes that the VM has come to another generation: in its record, and, if that one is `permanent`, for its agent, which starts
 * what belongs to it should the VM boot anew within its process.
 *
 * The settings of the generation before are kept with it, for the way back. Throws `state_dir_unwritable`.
 */
export function switchGeneration(stateDir: string, version: string, permanent: boolean): void {
  const paths = statePaths(stateDir);
  const vm = findRunningVm(stateDir);
  if (vm === undefined) return;
  const former = readSettings(paths);
  const formerVersion = versionIn(former);
  writingState(stateDir, () => {
    if (permanent && formerVersion !== version) {
      const next = asOwnerOf(paths.releasesDir, () => {
        const file = settingsOf(paths, formerVersion);
        if (!existsSync(file)) writeFileAtomically(file, formatTermFile(former), 0o600);
        return readTermFile(settingsOf(paths, version)).terms[0];
      });
      if (next !== undefined) replaceSettings(paths, next);
    }
    if (vm.version !== version) changeVmVersion(stateDir, vm, version);
  });
}

function replaceSettings({ agentSettings }: StatePaths, settings: Term): void {
  const { uid, gid } = statSync(agentSettings);
  writeFileAtomically(agentSettings, formatTermFile(settings), 0o600);
  if (process.geteuid?.() === 0) chownSync(agentSettings, uid, gid);
}

/** What the agent of a VM started of a generation, in this order, and as what. */
export function readStarts(stateDir: string, version: string): [application: string, type: StartType][] {
  const paths = statePaths(stateDir);
  const settings = readSettings(paths);
  if (versionIn(settings) === version) return startsIn(settings);
  const [kept] = asOwnerOf(paths.releasesDir, () => readTermFile(settingsOf(paths, version)).terms);
  return startsIn(kept ?? settings);
}

function settingsOf({ releasesDir }: StatePaths, version: string): string {
  return join(releasesDir, version, AGENT_SETTINGS);
}

function readSettings({ agentSettings }: Pick<StatePaths, "agentSettings">): Term {
  const [settings] = readTermFile(agentSettings).terms;
  if (settings === undefined) throw new Error(`${agentSettings} is empty`);
  return settings;
}
