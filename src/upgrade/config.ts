import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import { formatTermFile, readTermFile, writeFileAtomically } from "../otp/index.ts";
import { isPackaged, type Release, renderPackagedConfig } from "../release/index.ts";
import { equalTerms, nil, type Term } from "../term/index.ts";
import { asOwnerOf, readSysConfig } from "../vm/index.ts";
import type { ReleasePlaces } from "./release-files.ts";

/**
 * The configuration that a version is to have: of a packaged release, what it ships with and what this host says, rendered
 * now; of any other, its `sys.config`.
 */
export function renderConfig(release: Release, places: ReleasePlaces, version: string): Term {
  if (isPackaged(release)) return renderPackagedConfig(places.root, version, release).sysConfig;
  return readConfigFile(places, version);
}

/** The configuration that the running version was given at its start, or since. */
export function currentConfig(release: Release, places: ReleasePlaces, version: string): Term {
  const { stateDir } = release;
  return readSysConfig({ stateDir, version }) ?? readConfigFile(places, version);
}

function readConfigFile({ releasesDir }: ReleasePlaces, version: string): Term {
  const file = join(releasesDir, version, "sys.config");
  return existsSync(file) ? (readTermFile(file).terms[0] ?? nil) : nil;
}

/**
 * Puts a rendered configuration where `release_handler` reads it. The file that came with the release is kept beside it, as
 * `sys.config.shipped`.
 */
export function placeConfig({ releasesDir }: ReleasePlaces, version: string, config: Term): void {
  const file = join(releasesDir, version, "sys.config");
  asOwnerOf(join(releasesDir, version), () => {
    if (existsSync(file)) {
      const [present, another] = readTermFile(file).terms;
      if (present !== undefined && another === undefined && equalTerms(present, config)) return;
      if (!existsSync(`${file}.shipped`)) renameSync(file, `${file}.shipped`);
    }
    // Passwords of data bases and the like stand in the configuration of applications.
    writeFileAtomically(file, formatTermFile(config), 0o600);
  });
}
