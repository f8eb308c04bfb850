import { lstatSync, realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { EnitError } from "../../error/index.ts";
import { isWithin } from "../is-within.ts";

/** The directories that an overlay works with, all absolute. */
export interface OverlayPlaces {
  /** The tree that is being built. */
  readonly tree: string;
  /** Where the tree will be once it is complete: what `build_dir` says. */
  readonly buildDirectory: string;
  /** The directory of the configuration. */
  readonly sourceDirectory: string;
}

/**
 * The absolute path of a destination: relative to the tree; what lies below the final build directory means the tree too.
 *
 * @throws EnitError `destination_outside` for anything that is not in the tree, symbolic links followed.
 */
export function destinationPath(path: string, places: OverlayPlaces): string {
  const target = resolve(places.tree, inTree(path, places));
  if (!isWithin(target, places.tree) || !isWithin(realParent(target), realpathSync(places.tree))) {
    throw new EnitError("destination_outside", `cannot write "${path}": it is not in the build directory`, {
      kind: "input",
      hint: "Destinations are relative to the build directory; neither .. nor a symbolic link may lead out of it.",
      data: { path },
    });
  }
  return target;
}

/** The absolute path of a source: relative to the configuration; what lies below the final build directory is in the tree. */
export function sourcePath(path: string, places: OverlayPlaces): string {
  return resolve(places.sourceDirectory, inTree(path, places));
}

function inTree(path: string, { tree, buildDirectory }: OverlayPlaces): string {
  if (!isAbsolute(path)) return path;
  const absolute = resolve(path);
  return isWithin(absolute, buildDirectory) ? join(tree, relative(buildDirectory, absolute)) : absolute;
}

/** Where a path leads with links followed, as far as there is something. A link that leads nowhere counts as it stands. */
function realParent(path: string): string {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats !== undefined) return stats.isSymbolicLink() ? realLink(path) : realpathSync(path);
  return join(realParent(dirname(path)), basename(path));
}

function realLink(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // Writing through it would make a file wherever it leads, so it counts as outside.
    return sep;
  }
}
