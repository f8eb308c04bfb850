import { readFileSync, readdirSync } from "node:fs";
import { EnitError } from "../error/index.ts";

// All reading is synchronous: the files are small and local, and a thread pool costs more than it saves.

/** Reads a file. @throws EnitError `unreadable`, also if there is none. */
export function readBytes(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** Reads a file; `undefined` if there is none, nor its directory. @throws EnitError `unreadable`. */
export function readBytesIfAny(file: string): Uint8Array | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw unreadable(file, error);
  }
}

/** Lists the names in a directory, sorted; none if there is no such directory. @throws EnitError `unreadable`. */
export function listNames(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw unreadable(directory, error);
  }
}

const STATES: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a directory",
  ENOTDIR: "a part of the path is no directory",
  ENOENT: "no such file or directory",
  ELOOP: "too many symbolic links",
};

/** The error of a file or directory that is there and cannot be read: `unreadable`, of kind `io`. */
function unreadable(path: string, cause: unknown): EnitError {
  const code = errorCode(cause);
  const reason = cause instanceof Error ? cause.message : String(cause);
  const state = (code === undefined ? undefined : STATES[code]) ?? reason;
  const denied = code === "EACCES" || code === "EPERM";
  return new EnitError("unreadable", `cannot read "${path}": ${state}`, {
    kind: "io",
    ...(denied ? { hint: "Run enit as root or as the user to whom the file belongs." } : {}),
    data: { path, ...(code === undefined ? {} : { reason: code }) },
    cause,
  });
}

/** The operating system's word for an error (`ENOENT`), if it is one of the operating system. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
