import { type BigIntStats, readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { EnitError } from "../error/index.ts";
import { systemCode, systemState } from "./errors.ts";
import { type WrapFile, findWrapSets, orderWrapSet } from "./wrap-set.ts";

/** The files that a trace consists of: one, or those of a wrap set. */
export interface FileSet {
  /** How people called it. */
  readonly name: string;
  readonly directory: string;
  /** Whether a file in the directory, by its name, belongs to it. */
  has(fileName: string): boolean;
  /** The files that are there, by their numbers; a file alone has the number 0. */
  list(): readonly WrapFile[];
  /** From the oldest to the newest. */
  order(files: readonly WrapFile[]): readonly WrapFile[];
}

/**
 * Finds the files that `file` stands for: the file of this name, else the wrap set whose files begin with it; with
 * `suffix` always the wrap set with this suffix.
 *
 * @throws EnitError `trace_not_found`; `trace_ambiguous` if there are sets with several suffixes; `trace_unreadable`.
 */
export function findFileSet(file: string, suffix?: string): FileSet {
  const directory = dirname(file);
  const name = basename(file);
  const single = suffix === undefined ? statFile(file) : undefined;
  if (single?.isFile() === true) return singleFile(file, directory, name);
  if (single !== undefined) throw notRegular(file, single.isDirectory());
  const sets = findWrapSets(listDirectory(directory, file), name, suffix);
  const [found, ...others] = sets.keys();
  if (found === undefined) throw notFound(file, suffix);
  if (others.length > 0) throw ambiguous(file, [...sets.keys()]);
  return {
    name: `${file}*${found}`,
    directory,
    has: (fileName) => findWrapSets([fileName], name, found).size > 0,
    list: () => findWrapSets(listDirectory(directory, file), name, found).get(found) ?? [],
    order: (files) => orderWrapSet(files, file),
  };
}

/** What the system knows of a file; `undefined` if it is not there. */
export function statFile(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true });
  } catch (cause) {
    const code = systemCode(cause);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw unreadable(path, cause);
  }
}

/** What tells a file from all others that exist. */
export function identityOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}

export function unreadable(path: string, cause: unknown): EnitError {
  return new EnitError("trace_unreadable", `cannot read the trace "${path}": ${systemState(cause)}`, {
    kind: "io",
    data: { file: path },
    cause,
  });
}

function notRegular(path: string, isDirectory: boolean): EnitError {
  const state = isDirectory ? "it is a directory" : "it is no regular file";
  return new EnitError("trace_unreadable", `cannot read the trace "${path}": ${state}`, {
    kind: "io",
    data: { file: path },
  });
}

function singleFile(file: string, directory: string, name: string): FileSet {
  return {
    name: file,
    directory,
    has: (fileName) => fileName === name,
    list: () => (statFile(join(directory, name)) === undefined ? [] : [{ name, number: 0 }]),
    order: (files) => files,
  };
}

function listDirectory(directory: string, file: string): string[] {
  try {
    return readdirSync(directory);
  } catch (cause) {
    if (systemCode(cause) === "ENOENT") throw notFound(file, undefined);
    throw unreadable(directory, cause);
  }
}

function notFound(file: string, suffix: string | undefined): EnitError {
  const set = `${file}0${suffix ?? ""}`;
  const state = suffix === undefined ? "it does not exist, nor does a wrap set" : "no file of this wrap set exists";
  return new EnitError("trace_not_found", `cannot read the trace "${file}": ${state} such as "${set}"`, {
    kind: "io",
    data: { file, suffix: suffix ?? null },
  });
}

function ambiguous(file: string, suffixes: readonly string[]): EnitError {
  const words = suffixes.map((suffix) => `"${suffix}"`).join(", ");
  return new EnitError(
    "trace_ambiguous",
    `cannot choose among the wrap sets of "${file}": their suffixes are ${words}`,
    {
      kind: "input",
      hint: "Name one with --wrap SUFFIX.",
      data: { file, suffixes },
    },
  );
}
