import { readFileSync, readdirSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import type { Stats } from "node:fs";
import { EnitError } from "../error/index.ts";

// Everything here is synchronous: the files are small and few, and starting Bun's thread pool for the first
// asynchronous read takes longer (3 ms) than reading a whole OTP's `.app` files does (0.1 ms).

/** Reads a file; `undefined` if there is none. Throws `file_unreadable` if it cannot be read. */
export function readFileIfAny(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw ioError("file_unreadable", "read", path, error);
  }
}

/** Reads a file. Throws `file_not_found` or `file_unreadable`. */
export function readWholeFile(path: string): Buffer {
  const bytes = readFileIfAny(path);
  if (bytes !== undefined) return bytes;
  throw new EnitError("file_not_found", `cannot read "${path}": no such file`, { kind: "io", data: { file: path } });
}

/** Lists the names in a directory, sorted; `undefined` if there is none. Throws `directory_unreadable`. */
export function listDirectoryIfAny(path: string): string[] | undefined {
  try {
    return readdirSync(path).sort();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw ioError("directory_unreadable", "read", path, error);
  }
}

/** The absolute path of a file, symbolic links followed; `undefined` if there is none that may be looked at. */
export function realPathIfAny(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch (error) {
    if (isMissing(error) || ["EACCES", "ELOOP"].includes(systemCode(error) ?? "")) return undefined;
    throw ioError("file_unreadable", "read", path, error);
  }
}

/** What kind of file there is, and since when; `undefined` if there is none. Throws `file_unreadable`. */
export function statIfAny(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw ioError("file_unreadable", "read", path, error);
  }
}

/**
 * Writes a file as a whole or not at all: beside its place, and renamed.
 *
 * `mode` are the permissions before the umask, default 0o666. Throws `file_unwritable`.
 */
export function writeFileAtomically(path: string, content: string | Uint8Array, mode = 0o666): void {
  writeFilesAtomically([{ path, content, mode }]);
}

/** A file to be written; `mode` as for `writeFileAtomically`. */
export interface NewFile {
  readonly path: string;
  readonly content: string | Uint8Array;
  readonly mode?: number;
}

/** Writes several files, and gives them their names when all are written. Throws `file_unwritable`. */
export function writeFilesAtomically(files: readonly NewFile[]): void {
  const beside = (path: string): string => `${path}.${process.pid}.tmp`;
  let current = "";
  try {
    for (const { path, content, mode = 0o666 } of files) {
      current = path;
      writeFileSync(beside(path), content, { mode });
    }
    for (const { path } of files) {
      current = path;
      renameSync(beside(path), path);
    }
  } catch (error) {
    for (const { path } of files) rmSync(beside(path), { force: true });
    throw ioError("file_unwritable", "write", current, error);
  }
}

function isMissing(error: unknown): boolean {
  const code = systemCode(error);
  return code === "ENOENT" || code === "ENOTDIR";
}

function ioError(code: string, action: "read" | "write", path: string, error: unknown): EnitError {
  const reason = systemCode(error);
  const isDenied = reason === "EACCES" || reason === "EPERM";
  return new EnitError(code, `cannot ${action} "${path}": ${describe(reason, error)}`, {
    kind: "io",
    hint: isDenied ? HINTS[action] : undefined,
    data: { file: path, ...(reason === undefined ? {} : { reason }) },
    cause: error,
  });
}

function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

const HINTS = {
  read: "Run enit as root or as the user to whom the file belongs.",
  write: "Run enit as root or as a user who may write there.",
} as const;

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EISDIR: "it is a directory",
  ELOOP: "its symbolic links lead in a circle",
  ENOENT: "its directory does not exist",
  ENOSPC: "no space is left on the device",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
};

function describe(reason: string | undefined, error: unknown): string {
  if (reason !== undefined) return REASONS[reason] ?? reason;
  return error instanceof Error ? error.message : String(error);
}
