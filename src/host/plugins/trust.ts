import { type Stats, lstatSync, readFileSync, readlinkSync } from "node:fs";
import { dirname, isAbsolute, join, parse, resolve, sep } from "node:path";

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
    for (const name of target
      .slice(root.length)
      .split(sep)
      .filter((part) => part !== "")) {
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
    if ((stats.mode & GROUP_OR_OTHERS_WRITE) === 0 || (stats.isDirectory() && (stats.mode & STICKY) !== 0))
      return undefined;
    return `${each} can be written by ${(stats.mode & OTHERS_WRITE) === 0 ? "its group" : "everyone"}`;
  };
  return walk(resolve(path));
}

/**
 * The same for the code of a plugin and everything that it imports, directly or not. Computed names of dynamic imports
 * cannot be followed.
 */
export function explainCodeDistrust(entry: string): string | undefined {
  const files = new Set([entry]);
  for (const file of files) {
    const reason = explainDistrust(file);
    if (reason !== undefined) return reason;
    for (const { path } of scanImports(file)) {
      const target = resolveImport(path, dirname(file));
      if (target !== undefined) files.add(target);
    }
  }
  return undefined;
}

function scanImports(file: string): { readonly path: string }[] {
  const extension = /\.[cm]?([jt]sx?)$/.exec(file)?.[1];
  const loader = LOADERS.find((each) => each === extension);
  if (loader === undefined) return [];
  try {
    return new Bun.Transpiler({ loader }).scanImports(readFileSync(file, "utf8"));
  } catch {
    return []; // Loading it will fail as well, and say why.
  }
}

/** The file that a name stands for; nothing for modules of Bun and the contract, and for what loading will not find. */
function resolveImport(name: string, directory: string): string | undefined {
  try {
    const target = Bun.resolveSync(name, directory);
    return isAbsolute(target) ? target : undefined;
  } catch {
    return undefined;
  }
}

const LOADERS = ["js", "jsx", "ts", "tsx"] as const;
const STICKY = 0o1000;
const OTHERS_WRITE = 0o002;
const GROUP_OR_OTHERS_WRITE = 0o022;
/** Far above real paths; stops circular links. */
const MAX_STEPS = 400;
