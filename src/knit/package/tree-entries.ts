import { lstatSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { EnitError, toFileError } from "../../error/index.ts";
import type { TarEntry } from "./tar-header.ts";

/** An entry of an archive, and where its content is. */
export interface TreeEntry extends TarEntry {
  /** Absolute. */
  readonly source: string;
}

export interface TreeEntriesOptions {
  /** What stands before every path: the name of the directory that the archive unpacks to. None without. */
  readonly prefix?: string | undefined;
  /** Names at the top of the tree that are left out. */
  readonly except?: readonly string[];
}

/**
 * Lists a tree for an archive, each directory before what is in it, names in the order of their bytes; at the top `releases` and
 * `lib` come first, as those who read only what is in them can stop then.
 *
 * Symbolic links are not followed. @throws EnitError `file_unreadable`; `file_unpackable` for a socket, device or pipe.
 */
export function listTree(root: string, options: TreeEntriesOptions = {}): TreeEntry[] {
  const { prefix = "", except = [] } = options;
  const entries: TreeEntry[] = [];
  const add = (source: string, path: string): void => {
    const stats = lstatSync(source);
    const mode = stats.mode & 0o7777;
    if (stats.isDirectory()) {
      if (path !== "") entries.push({ source, path, type: "directory", mode, size: 0 });
      for (const name of readdirSync(source).sort(source === root ? compareTop : compareBytes)) {
        if (source !== root || !except.includes(name)) add(join(source, name), path === "" ? name : `${path}/${name}`);
      }
    } else if (stats.isSymbolicLink()) {
      entries.push({ source, path, type: "link", mode: 0o777, size: 0, target: readlinkSync(source) });
    } else if (stats.isFile()) {
      entries.push({ source, path, type: "file", mode, size: stats.size });
    } else {
      const state = "it is neither a file nor a directory nor a symbolic link";
      throw new EnitError("file_unpackable", `cannot pack "${source}": ${state}`, {
        kind: "input",
        data: { file: source },
      });
    }
  };
  try {
    add(root, prefix);
  } catch (error) {
    throw toFileError(error, { code: "file_unreadable", action: "read", path: root });
  }
  return entries;
}

const FIRST = ["releases", "lib"];

function compareTop(a: string, b: string): number {
  const rank = (name: string): number => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  return rank(a) - rank(b) || compareBytes(a, b);
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
