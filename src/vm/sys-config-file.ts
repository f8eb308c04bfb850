import { existsSync, mkdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { formatTermFile, readTermFile, writeFileAtomically } from "../otp/index.ts";
import { isPackaged, type Release } from "../release/index.ts";
import type { Term } from "../term/index.ts";
import { asOwnerOf } from "./identity.ts";
import { statePaths } from "./state-paths.ts";
import { findRunningVm } from "./vm-record.ts";
import { writingState } from "./writing-state.ts";

type Configured = Pick<Release, "stateDir" | "version" | "packaged">;

/**
 * Reads what the files of a release said at its start or last reconfiguration; `undefined` if it was not started here. The
 * version is that which runs; see `runningVersion`.
 */
export function readSysConfig({ stateDir, version }: Pick<Release, "stateDir" | "version">): Term | undefined {
  const { releasesDir } = statePaths(stateDir);
  const file = sysConfigFile(stateDir, version);
  if (!existsSync(file)) return undefined;
  return asOwnerOf(releasesDir, () => readTermFile(file).terms[0]);
}

/**
 * Writes what the files of a release say now, the term of a `sys.config`, for its VM to boot with again. Of a release that was
 * not started here it is the first file in the state directory. Throws `state_dir_unwritable`.
 */
export function writeSysConfig(release: Configured, config: Term): void {
  const installed = installedConfig(release);
  writeRenderedConfig(release, config);
  if (installed === undefined) return;
  asOwnerOf(dirname(installed), () => {
    // What was shipped is what later starts configure the release with.
    const isKept = [".shipped", ".src"].some((extension) => existsSync(`${installed}${extension}`));
    if (!isKept) renameSync(installed, `${installed}.shipped`);
    writeFileAtomically(installed, formatTermFile(config), 0o600);
  });
}

/** As `writeSysConfig`, in the state directory alone. */
export function writeRenderedConfig({ stateDir, version }: Pick<Release, "stateDir" | "version">, config: Term): void {
  const text = formatTermFile(config);
  const file = sysConfigFile(stateDir, version);
  writingState(stateDir, () => {
    if (!existsSync(statePaths(stateDir).releasesDir)) mkdirSync(dirname(file), { recursive: true });
    asOwnerOf(statePaths(stateDir).releasesDir, () => {
      mkdirSync(dirname(file), { recursive: true });
      writeFileAtomically(file, text, 0o600);
    });
  });
}

/** The version of a release that runs here, which need not be that of its definition any more. `vm`: its VM, if that is known. */
export function runningVersion(release: Release, vm = findRunningVm(release.stateDir)): string {
  return (isPackaged(release) ? vm?.tried : vm?.version) ?? release.version;
}

function sysConfigFile(stateDir: string, version: string): string {
  return join(statePaths(stateDir).releasesDir, version, "sys.config");
}

/**
 * The file that a version boots with which was not started, but installed by release_handler in a packaged release that runs.
 */
function installedConfig({ stateDir, version, packaged }: Configured): string | undefined {
  const { releasesDir } = statePaths(stateDir);
  if (packaged === undefined || !existsSync(releasesDir)) return undefined;
  const file = join(packaged.releasesDir, version, "sys.config");
  const wasStarted = existsSync(join(releasesDir, version, "start.boot"));
  return (wasStarted && !existsSync(`${file}.shipped`)) || !existsSync(file) ? undefined : file;
}
