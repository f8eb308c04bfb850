import { chownSync, existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { readTermFile, writeFileAtomically } from "../otp/index.ts";
import { type MergedConfig, type Release, formatSysConfig } from "../release/index.ts";
import type { Term } from "../term/index.ts";
import { statePaths } from "./state-paths.ts";
import { writingState } from "./system-error.ts";

/** Reads what the files of a release said at its start or last reconfiguration; `undefined` if it was not started here. */
export function readSysConfig({ stateDir, version }: Pick<Release, "stateDir" | "version">): Term | undefined {
  const file = sysConfigFile(stateDir, version);
  return existsSync(file) ? readTermFile(file).terms[0] : undefined;
}

/** Writes what the files of a release say now, for its VM to boot with again, and with the owner that the VM reads it as. */
export function writeSysConfig(
  { stateDir, version }: Pick<Release, "stateDir" | "version">,
  config: MergedConfig,
): void {
  const file = sysConfigFile(stateDir, version);
  writingState(stateDir, () => {
    const { uid, gid } = statSync(file);
    writeFileAtomically(file, formatSysConfig(config), 0o600);
    if (statSync(file).uid !== uid) chownSync(file, uid, gid);
  });
}

function sysConfigFile(stateDir: string, version: string): string {
  return join(statePaths(stateDir).releasesDir, version, "sys.config");
}
