import { existsSync } from "node:fs";
import { join } from "node:path";
import { readTermFile, writeFileAtomically } from "../otp/index.ts";
import { formatSysConfig, type MergedConfig, type Release } from "../release/index.ts";
import type { Term } from "../term/index.ts";
import { asOwnerOf } from "./identity.ts";
import { statePaths } from "./state-paths.ts";
import { writingState } from "./writing-state.ts";

/** Reads what the files of a release said at its start or last reconfiguration; `undefined` if it was not started here. */
export function readSysConfig({ stateDir, version }: Pick<Release, "stateDir" | "version">): Term | undefined {
  const { releasesDir } = statePaths(stateDir);
  const file = sysConfigFile(stateDir, version);
  if (!existsSync(file)) return undefined;
  return asOwnerOf(releasesDir, () => readTermFile(file).terms[0]);
}

/** Writes what the files of a release say now, for its VM to boot with again. Throws `state_dir_unwritable`. */
export function writeSysConfig(
  { stateDir, version }: Pick<Release, "stateDir" | "version">,
  config: MergedConfig,
): void {
  const text = formatSysConfig(config);
  writingState(stateDir, () =>
    asOwnerOf(statePaths(stateDir).releasesDir, () =>
      writeFileAtomically(sysConfigFile(stateDir, version), text, 0o600),
    ),
  );
}

function sysConfigFile(stateDir: string, version: string): string {
  return join(statePaths(stateDir).releasesDir, version, "sys.config");
}
