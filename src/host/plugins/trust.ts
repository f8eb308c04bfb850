import { type Stats, lstatSync, readdirSync, readlinkSync } from "node:fs";
import { isAbsolute, join, parse, resolve, sep } from "node:path";

/**
 * Says why a file could have been written by someone other than root, or nothing.
 *
 * Looks at the file, at every directory above it and at everything a symbolic link on the way leads through: owner root and
 * no write permission for group or others. A directory that is writable but sticky (`/tmp`) passes, since there
 * nobody can rename or remove what root owns, and what lies in it is looked at in turn.
 */
export function explainDistrust(path: string): string | undefined {
  const seen = new Set<string>();
  let left = MAX_STEPS;
  const walk = (target: string): string | undefined => {
    const { root } = parse(target);
    let current = root;
    const wrongRoot = look(root);
    if (wrongRoot !== undefined) return wrongRoot;
    for (const name of target.slice(root.length).split(sep).filter((part) => part !== "")) {
      if (left-- <= 0) return `${target} leads through too many links`;
      const parent = current;
      current = join(current, name);
      const stats = lstatSync(current);
      if (stats.isSymbolicLink()) {
        if (stats.uid !== 0) return `${current} belongs to user ${stats.uid}, not to root`;
        const link = readlinkSync(current);
        const destination = isAbsolute(link) ? link : resolve(parent, link);
        const wrong = walk(destination);
        if (wrong !== undefined) return wrong;
        current = destination;
        continue;
      }
      const wrong = look(current, stats);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };
  const look = (each: string, stats: Stats = lstatSync(each)): string | undefined => {
    if (seen.has(each)) return undefined;
    seen.add(each);
    if (stats.uid !== 0) return `${each} belongs to user ${stats.uid}, not to root`;
    if ((stats.mode & GROUP_OR_OTHERS_WRITE) === 0 || (stats.isDirectory() && (stats.mode & STICKY) !== 0)) return undefined;
    return `${each} can be written by ${(stats.mode & OTHERS_WRITE) === 0 ? "its group" : "everyone"}`;
  };
  return walk(resolve(path));
}

/** The same for everything in a folder, since its code may import all of it. */
export function explainFolderDistrust(folder: string): string | undefined {
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const reason = explainDistrust(join(folder, name));
    if (reason !== undefined) return reason;
  }
  return undefined;
}

const STICKY = 0o1000;
const OTHERS_WRITE = 0o002;
const GROUP_OR_OTHERS_WRITE = 0o022;
/** Far above real paths; stops circular links. */
const MAX_STEPS = 400;
