import { readdirSync } from "node:fs";
import { EnitError } from "../../error/index.ts";
import { compareText } from "../../term/index.ts";
import { listDirectoryIfAny } from "../files.ts";
import { directoryOf, joinPath } from "../filename.ts";
import { baseName, stemOf } from "./paths.ts";

/** The directories of one application, that of the highest version first. */
export interface AppDirs {
  readonly name: string;
  readonly dirs: readonly string[];
}

/**
 * Finds the applications in the library directories: whatever has a directory `ebin`. Its name is that of the only `.app`
 * file there, or else that of the directory without the version. Sorted by name.
 *
 * Throws `library_missing` for a library directory that cannot be listed, `library_duplicate` for one that is named twice.
 */
export function findAppDirs(rootDir: string, libDirs: readonly string[]): AppDirs[] {
  const rootLibDir = joinPath(rootDir, "lib");
  const libs = [rootLibDir, ...libDirs];
  const twice = libs.find((lib, index) => libs.indexOf(lib) !== index);
  if (twice !== undefined) throw libraryError("library_duplicate", twice, "it is named twice");
  const found: [name: string, dir: string][] = list(rootDir, "the root directory")
    .filter((base) => base.startsWith("erts"))
    .map((base) => ["erts", ertsDir(rootDir, rootLibDir, base)]);
  for (const lib of libs) {
    for (const base of list(lib, "the library directory")) {
      const files = listDirectoryIfAny(joinPath(lib, base, "ebin"));
      const name = files && appName(base, files);
      if (name !== undefined && name !== "erts") found.push([name, joinPath(lib, base)]);
    }
  }
  const byName = Map.groupBy(found, ([name]) => name);
  return [...byName]
    .map(([name, places]) => ({ name, dirs: sortDirs(places.map(([, dir]) => dir)) }))
    .sort((a, b) => compareText(a.name, b.name));
}

/** Sorts directories of one application as reltool does, the highest version first; of equal ones the last by name counts. */
export function sortDirs(dirs: readonly string[]): string[] {
  const sorted = dirs.toSorted(compareText).reverse();
  const keyed = sorted.map((dir) => ({ dir, key: dirKey(dir) })).sort((a, b) => compareKeys(a.key, b.key));
  return keyed
    .filter(({ key }, index) => index === 0 || compareKeys(key, keyed[index - 1]?.key ?? key) !== 0)
    .map(({ dir }) => dir);
}

/** The version in the name of an application's directory, empty if there is none. */
export function versionOfDir(name: string, dir: string): string {
  const base = baseName(dir) === "preloaded" && name === "erts" ? baseName(directoryOf(dir)) : baseName(dir);
  return base.startsWith(`${name}-`) ? base.slice(name.length + 1) : "";
}

/** In Debian's and other installations erts lies among the libraries; before OTP 27 its modules may lie in `preloaded`. */
function ertsDir(rootDir: string, rootLibDir: string, base: string): string {
  const dir = joinPath(rootLibDir, base);
  return listDirectoryIfAny(joinPath(dir, "ebin")) === undefined ? joinPath(rootDir, base, "preloaded") : dir;
}

function appName(base: string, files: readonly string[]): string {
  const names = files.flatMap((file) => stemOf(file, ".app") ?? []);
  const [only] = names;
  return only !== undefined && names.length === 1 ? only : splitBase(base).name;
}

interface DirKey {
  readonly name: string;
  readonly numbers: readonly bigint[];
  readonly parent: string;
}

function dirKey(dir: string): DirKey {
  const { name, vsn } = splitBase(baseName(dir));
  return {
    name,
    numbers: vsn
      .split(".")
      .filter((each) => each !== "")
      .map(BigInt),
    parent: directoryOf(dir),
  };
}

/** `asn1-1.6.2` is `asn1` in version 1.6.2, of digits and dots alone; `asn1` has none. */
export function splitBase(base: string): { name: string; vsn: string } {
  const [, name = base, vsn = ""] = /^([^]*)-([\d.]*)$/.exec(base) ?? [];
  return { name, vsn };
}

function compareKeys(a: DirKey, b: DirKey): number {
  return compareText(a.name, b.name) || compareNumbers(b.numbers, a.numbers) || compareText(a.parent, b.parent);
}

function compareNumbers(a: readonly bigint[], b: readonly bigint[]): number {
  for (const [index, number] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    if (number !== other) return number < other ? -1 : 1;
  }
  return a.length - b.length;
}

function list(dir: string, what: string): string[] {
  try {
    return readdirSync(dir);
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    const states: Readonly<Record<string, string>> = { ENOENT: "it is not there", ENOTDIR: "it is no directory" };
    throw libraryError("library_missing", dir, `${what} cannot be listed: ${states[reason] ?? reason}`, cause);
  }
}

function libraryError(code: string, dir: string, state: string, cause?: unknown): EnitError {
  return new EnitError(code, `cannot use "${dir}": ${state}`, {
    kind: "input",
    data: { directory: dir },
    ...(cause === undefined ? {} : { cause }),
  });
}
