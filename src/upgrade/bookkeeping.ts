import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EnitError, systemCode } from "../error/index.ts";
import { formatTermFile, readReleasesFile, releasesToTerm, writeFileAtomically } from "../otp/index.ts";
import { asOwnerOf } from "../vm/index.ts";
import type { ReleasePlaces } from "./release-files.ts";

/** The files that say what starts the next time, as they were. */
export interface Bookkeeping {
  /** Puts back what was damaged or changed meanwhile. Throws `file_unwritable`. */
  readonly restore: () => void;
  /** Puts both back, whatever they say by now: only while no VM runs, whose `release_handler` has its own memory. */
  readonly putBack: () => void;
}

/**
 * Remembers `start_erl.data` and `RELEASES`. `release_handler` writes both in their places: on a full disk they are cut
 * short, and nothing starts any more.
 */
export function keepBookkeeping({ releasesDir }: ReleasePlaces): Bookkeeping {
  const data = join(releasesDir, "start_erl.data");
  const releases = join(releasesDir, "RELEASES");
  const [dataBefore, releasesBefore] = [data, releases].map(readIfAny);
  const put = (file: string, content: Uint8Array): void =>
    asOwnerOf(releasesDir, () => writeFileAtomically(file, content));
  return {
    putBack: () => {
      if (dataBefore !== undefined) put(data, dataBefore);
      if (releasesBefore !== undefined) put(releases, releasesBefore);
    },
    restore: () => {
      if (dataBefore !== undefined && readIfAny(data)?.equals(dataBefore) !== true) put(data, dataBefore);
      if (releasesBefore !== undefined && isDamaged(releases)) put(releases, releasesBefore);
    },
  };
}

/** Has the next VM that starts a version take it as the one that is tried, until it is made permanent. Throws `file_unwritable`. */
export function markAsNext({ releasesDir }: ReleasePlaces, version: string): void {
  const file = join(releasesDir, "RELEASES");
  const releases = readReleasesFile(file).map((each) =>
    each.vsn === version ? Object.assign({}, each, { status: "tmp_current" as const }) : each,
  );
  const content = formatTermFile(releasesToTerm(releases));
  asOwnerOf(releasesDir, () => writeFileAtomically(file, content));
}

function readIfAny(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

function isDamaged(file: string): boolean {
  try {
    readReleasesFile(file);
    return false;
  } catch (error) {
    if (error instanceof EnitError) return true;
    throw error;
  }
}
