import { listDirectoryIfAny, statIfAny } from "./files.ts";
import { joinPath, splitPath } from "./filename.ts";

/**
 * The directories that a search path names, `*` in it standing for any characters of one name, as in the `path` option of
 * systools. What does not exist is left out. Of one pattern's directories the order is that of their names.
 */
export function expandSearchPath(patterns: readonly string[]): string[] {
  return patterns.flatMap((pattern) => {
    const names = splitPath(pattern);
    let directories = names[0] === "/" ? names.splice(0, 1) : ["."];
    for (const name of names) {
      directories = directories.flatMap((directory) => {
        const found = name.includes("*") ? matching(directory, name) : [name];
        return found.map((each) => joinPath(directory, each));
      });
    }
    return directories.filter(isDirectory);
  });
}

function matching(directory: string, pattern: string): string[] {
  const parts = pattern.split("*").map((text) => text.replace(/[\\^$.+?()[\]{}|]/g, "\\$&"));
  const names = new RegExp(`^${parts.join(".*")}$`, "s");
  return isDirectory(directory) ? (listDirectoryIfAny(directory) ?? []).filter((name) => names.test(name)) : [];
}

function isDirectory(path: string): boolean {
  return statIfAny(path)?.isDirectory() === true;
}
