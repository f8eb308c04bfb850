/**
 * File names as OTP's `filename` module makes them, on Unix.
 *
 * They differ from those of `node:path`: `..` is kept, and so is a dot at the end. Paths in boot scripts are made by
 * these rules, so they must be followed to the letter for a script to equal OTP's.
 */

/** Joins names with slashes; an absolute name drops what stands before it. As `filename:join/1`. */
export function joinPath(...names: readonly string[]): string {
  const absolute = names.findLastIndex((name) => name.startsWith("/"));
  const [first = "", ...others] = names.slice(Math.max(absolute, 0));
  const joined = [first, ...others.filter((name) => name !== "")].join("/");
  const plain = joined.replace(/\/(?:\.?\/)+/g, "/");
  return plain.length > 1 && plain.endsWith("/") ? plain.slice(0, -1) : plain;
}

/** Makes a path absolute, beginning at `directory`. As `filename:absname/2`. */
export function absolutePath(path: string, directory: string): string {
  return joinPath(directory, path);
}

/** The directory part of a path, `.` if there is none. As `filename:dirname/1`. */
export function directoryOf(path: string): string {
  const slash = path.lastIndexOf("/");
  if (slash < 0) return ".";
  return path.slice(0, slash).replace(/\/+$/, "") || "/";
}

/** The names that make up a path, the first one `/` if it is absolute. As `filename:split/1`. */
export function splitPath(path: string): string[] {
  const names = path.split("/").filter((name) => name !== "");
  return path.startsWith("/") ? ["/", ...names] : names;
}
