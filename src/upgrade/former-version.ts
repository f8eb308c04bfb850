/**
 * Which version a version of a packaged release came from, which `release_handler` does not know: its list is in the order of
 * unpacking, and what was gone back from once stands in it as what runs no more. A file in the directory of the version.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomically } from "../otp/index.ts";
import { asOwnerOf } from "../vm/index.ts";
import type { ReleasePlaces } from "./release-files.ts";
import { findScript } from "./script.ts";

/** The version that ran before a version was installed; `undefined` if that is not known. */
export function readFormerVersion(places: ReleasePlaces, version: string): string | undefined {
  const file = fileOf(places, version);
  return existsSync(file) ? readFileSync(file, "utf8").trim() : undefined;
}

/** Notes which version a version is about to replace. Going back keeps what is noted. Throws `file_unwritable`. */
export function noteFormerVersion(places: ReleasePlaces, version: string, former: string): void {
  if (readFormerVersion(places, former) === version) return;
  if (findScript(places.releasesDir, former, version)?.direction === "down") return;
  asOwnerOf(places.releasesDir, () => writeFileAtomically(fileOf(places, version), `${former}\n`));
}

function fileOf({ releasesDir }: ReleasePlaces, version: string): string {
  return join(releasesDir, version, "former_version");
}
