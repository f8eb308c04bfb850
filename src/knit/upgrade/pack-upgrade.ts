import { join } from "node:path";
import { writeFileAtomically } from "../../otp/index.ts";
import { makeDirectory } from "../directories.ts";
import { type PackOptions, type Tarball, packEntries } from "../package/tarball.ts";
import { type TreeEntry, listTree } from "../package/tree-entries.ts";
import type { UpgradePlan } from "./plan-upgrade.ts";

export interface UpgradeContent {
  readonly name: string;
  readonly version: string;
  /** The tree of the new release. */
  readonly tree: string;
  /** A directory for what only the upgrade has; it is made. */
  readonly scratch: string;
  /** Pack also the applications that every older release has. */
  readonly full: boolean;
}

/**
 * Packs an upgrade in the form that `release_handler:unpack_release/1` wants: no directory at its top, `releases/NAME-VERSION.rel`,
 * and below `lib` and `releases/VERSION` what is to be added to a system that runs an older release. An emulator of its own
 * comes with it where an older release has another one.
 *
 * Throws what `packEntries` throws.
 */
export async function packUpgrade(
  plan: UpgradePlan,
  content: UpgradeContent,
  file: string,
  options: PackOptions,
): Promise<Tarball> {
  const { name, version, tree, scratch } = content;
  const releases = `releases/${version}`;
  // They are given the places that they have in a system, so that the entries need no other names.
  makeDirectory(join(scratch, releases));
  writeFileAtomically(join(scratch, releases, "relup"), plan.relup);
  const inTree = listTree(tree).filter(({ path }) => isPacked(path, plan, content));
  const own = listTree(scratch).filter(({ path }) => path === `${releases}/relup`);
  const entries = [...inTree, ...own];
  const rel = inTree.find(({ path }) => path === `${releases}/${name}.rel`);
  if (rel !== undefined) {
    // unpack_release looks for the first one, and what it puts in the place of the second one is the same.
    for (const place of ["releases", releases]) entries.push({ ...rel, path: `${place}/${name}-${version}.rel` });
  }
  return packEntries(inOrder(entries), file, options);
}

function isPacked(path: string, { libraries, emulator }: UpgradePlan, { version, full }: UpgradeContent): boolean {
  const [top = "", second] = path.split("/");
  if (top === "lib") return second === undefined || full || libraries.has(second);
  if (path === `releases/${version}/relup`) return false;
  if (top === "releases") return second === undefined || second === version;
  return emulator && top.startsWith("erts-");
}

function inOrder(entries: readonly TreeEntry[]): TreeEntry[] {
  return entries.toSorted((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
}
