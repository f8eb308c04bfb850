import { type Dirent, readdirSync, realpathSync, statSync } from "node:fs";
import { EnitError } from "../../error/index.ts";
import { compareText } from "../../term/index.ts";
import { joinPath } from "../filename.ts";
import type { ReltoolWarning } from "./option-error.ts";
import type { SpecItem } from "./spec.ts";

export interface SpecDirOptions {
  readonly shallow?: (path: string) => boolean;
  readonly skip?: (path: string) => boolean;
}

/**
 * Makes the items of a directory and all below it, sorted by name, symbolic links followed.
 *
 * Of paths relative to the directory, `shallow` says which are listed without what is in them, and `skip` which are not
 * listed. A link that leads nowhere or
 * into a circle, and what is neither file nor directory, is left out and warned of; reltool stops there.
 */
export function specDir(
  dir: string,
  warn: (warning: ReltoolWarning) => void,
  { shallow, skip }: SpecDirOptions = {},
): SpecItem[] {
  const walk = (at: string, path: string): SpecItem[] => {
    const items: SpecItem[] = [];
    for (const entry of listEntries(at)) {
      const inner = path === "" ? entry.name : `${path}/${entry.name}`;
      if (skip?.(inner) === true) continue;
      const kind = kindOf(entry, joinPath(at, entry.name), warn);
      if (kind === "file") items.push({ kind: "copy_file", name: entry.name });
      if (kind !== "directory") continue;
      const inside = shallow?.(inner) === true ? [] : walk(joinPath(at, entry.name), inner);
      items.push({ kind: "create_dir", name: entry.name, items: inside });
    }
    return items;
  };
  return walk(dir, "");
}

function listEntries(dir: string): Dirent[] {
  try {
    return readdirSync(dir, { withFileTypes: true }).sort((a, b) => compareText(a.name, b.name));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EnitError("directory_unreadable", `cannot list the directory "${dir}": ${reason}`, {
      kind: "io",
      data: { directory: dir },
      cause,
    });
  }
}

function kindOf(
  entry: Dirent,
  path: string,
  warn: (warning: ReltoolWarning) => void,
): "file" | "directory" | undefined {
  const stats = entry.isSymbolicLink() ? statSync(path, { throwIfNoEntry: false }) : entry;
  if (stats?.isFile() === true) return "file";
  if (stats?.isDirectory() === true && !(entry.isSymbolicLink() && isCircle(path))) return "directory";
  const what = entry.isSymbolicLink() ? "a symbolic link that leads nowhere" : "neither a file nor a directory";
  warn({ code: "file_left_out", message: `"${path}" is left out: it is ${what}` });
  return undefined;
}

/** Whether a link leads to a directory that it lies in. */
function isCircle(link: string): boolean {
  const target = realpathSync(link);
  return `${realpathSync(joinPath(link, ".."))}/`.startsWith(`${target}/`);
}
