import { sep } from "node:path";

/** Whether an absolute path is a directory or below it, by its text alone. */
export function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory.endsWith(sep) ? directory : directory + sep);
}
