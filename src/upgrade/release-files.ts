import { isAbsolute, join } from "node:path";
import { EnitError } from "../error/index.ts";
import { type InstalledLibrary, readReleasesFile } from "../otp/index.ts";
import type { Term } from "../term/index.ts";

/** A release as an upgrade goes from it or to it. */
export interface UpgradeRelease {
  readonly version: string;
  readonly ertsVersion: string;
  /** Its applications, with the directories in which they are, absolute. */
  readonly libraries: readonly InstalledLibrary[];
}

/** A release and the configuration that it is to have, the term of its `sys.config`. */
export interface UpgradeSide {
  readonly release: UpgradeRelease;
  readonly config: Term;
}

/** Where `release_handler` of a VM keeps its releases. */
export interface ReleasePlaces {
  readonly root: string;
  readonly releasesDir: string;
}

/** Reads the releases that the file `RELEASES` knows, by version; none where there is no such file. */
export function readInstalledReleases({ root, releasesDir }: ReleasePlaces): Map<string, UpgradeRelease> {
  try {
    const entries = readReleasesFile(join(releasesDir, "RELEASES"));
    return new Map(
      entries.map(({ vsn, ertsVersion, libraries }) => [
        vsn,
        {
          version: vsn,
          ertsVersion,
          libraries: libraries.map((each) => ({
            ...each,
            dir: isAbsolute(each.dir) ? each.dir : join(root, each.dir),
          })),
        },
      ]),
    );
  } catch (error) {
    if (error instanceof EnitError && error.code === "file_not_found") return new Map();
    throw error;
  }
}
