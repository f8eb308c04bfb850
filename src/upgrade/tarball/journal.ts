/**
 * What an unpacking brings into a root, noted there before anything is written: an enit that is killed, or a VM that ends, leaves
 * files that nobody knows of, and that `release_handler` would keep as they are the next time.
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { systemCode } from "../../error/index.ts";
import { writeFileAtomically } from "../../otp/index.ts";
import { asOwnerOf } from "../../vm/index.ts";
import type { ReleasePlaces } from "../release-files.ts";
import type { UpgradeTarball } from "./read-upgrade.ts";

export interface Unpacking {
  readonly version: string;
  /** From the root; what lies below them is new as well. */
  readonly created: readonly string[];
}

function journalFile({ releasesDir }: ReleasePlaces): string {
  return join(releasesDir, "enit.unpacking");
}

/** Notes what a tarball is about to bring. */
export function beginUnpacking(places: ReleasePlaces, tarball: UpgradeTarball): Unpacking {
  const created = new Set([`releases/${tarball.name}.tar.gz`, `releases/${tarball.name}.rel`]);
  for (const { path } of tarball.files) created.add(topOfNew(places.root, path));
  created.delete("");
  const unpacking = { version: tarball.spec.vsn, created: [...created] };
  const text = `${JSON.stringify(unpacking)}\n`;
  asOwnerOf(places.releasesDir, () => writeFileAtomically(journalFile(places), text));
  return unpacking;
}

/** The highest directory on the way to a path that is not there yet; `""` where the path is. */
function topOfNew(root: string, path: string): string {
  let top = "";
  for (let at = path; at !== "." && !existsSync(join(root, at)); at = dirname(at)) top = at;
  return top;
}

/** What an unpacking that nobody ended was about to bring; `undefined` if there is none. */
export function unfinishedUnpacking(places: ReleasePlaces): Unpacking | undefined {
  try {
    const text = asOwnerOf(places.releasesDir, () => readFileSync(journalFile(places), "utf8"));
    return JSON.parse(text) as Unpacking;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Forgets what was noted: the release is known now, and its files with it. */
export function endUnpacking(places: ReleasePlaces): void {
  asOwnerOf(places.releasesDir, () => rmSync(journalFile(places), { force: true }));
}

/** Removes what an unpacking has brought, with the rights of the owner: nobody else's files are in reach. */
export function undoUnpacking(places: ReleasePlaces, { created }: Unpacking): void {
  for (const path of created) {
    if (!/^[^/.]/.test(path) || path.split("/").includes("..")) continue;
    asOwnerOf(places.releasesDir, () => rmSync(join(places.root, path), { recursive: true, force: true }));
  }
  endUnpacking(places);
}
