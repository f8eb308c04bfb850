import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EnitError, systemCode } from "../error/index.ts";
import { readReleasesFile, writeFileAtomically } from "../otp/index.ts";
import { asOwnerOf } from "../vm/index.ts";
import type { ReleasePlaces } from "./release-files.ts";

/** The files that say what starts the next time, as they were. */
export interface Bookkeeping {
  /** Puts back what was damaged or changed meanwhile. Throws `file_unwritable`. */
  readonly restore: () => void;
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
    restore: () => {
      if (dataBefore !== undefined && readIfAny(data)?.equals(dataBefore) !== true) put(data, dataBefore);
      if (releasesBefore !== undefined && isDamaged(releases)) put(releases, releasesBefore);
    },
  };
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
