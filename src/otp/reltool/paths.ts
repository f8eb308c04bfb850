import { joinPath, splitPath } from "../filename.ts";

/** An absolute path without `.` and `..`, which are taken at their word: symbolic links do not count. */
export function normalizedPath(path: string): string {
  const names: string[] = [];
  for (const name of splitPath(path)) {
    if (name === "..") names.pop();
    else if (name !== ".") names.push(name);
  }
  return joinPath(...names);
}

/** The last name of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The last name of a path without this ending, if it has it. As `filename:basename/2`. */
export function baseNameWithout(path: string, ending: string): string {
  const base = baseName(path);
  return base.endsWith(ending) ? base.slice(0, -ending.length) : base;
}

/** A file name without this ending; `undefined` if it has another one, or nothing else. */
export function stemOf(name: string, ending: string): string | undefined {
  return name.endsWith(ending) && name !== ending ? name.slice(0, -ending.length) : undefined;
}
