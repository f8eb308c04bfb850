import { chmodSync, copyFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { EnitError } from "../../error/index.ts";
import { joinPath } from "../filename.ts";

/** The permissions of a new file in this directory: Node cannot be asked for the umask without setting it. */
export function newFileMode(dir: string): number {
  const file = joinPath(dir, `.enit-${process.pid}`);
  return attemptWrite(file, () => {
    writeFileSync(file, "");
    const { mode } = statSync(file);
    rmSync(file);
    return mode & 0o7777;
  });
}

/**
 * Copies a file. The copy may do whatever the source may and whatever a new file may, or the one that was there, as for
 * reltool. Throws `file_not_found`, `file_unwritable`.
 */
export function copyWithMode(from: string, to: string, newMode: number): void {
  const source = statSync(from, { throwIfNoEntry: false });
  if (source?.isFile() !== true) {
    throw new EnitError("file_not_found", `cannot copy "${from}": no such file`, { kind: "io", data: { file: from } });
  }
  const before = statSync(to, { throwIfNoEntry: false });
  const mode = (source.mode | (before?.mode ?? newMode)) & 0o7777;
  attemptWrite(to, () => {
    copyFileSync(from, to);
    // A new copy has the mode of its source.
    if (before !== undefined || mode !== (source.mode & 0o7777)) chmodSync(to, mode);
  });
}

/** Does something that writes to a path. Throws `file_unwritable` (data: `file`, `reason`) if it fails. */
export function attemptWrite<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause)) throw cause;
    const reason = String(cause.code);
    throw new EnitError("file_unwritable", `cannot write "${path}": ${STATES[reason] ?? reason}`, {
      kind: "io",
      data: { file: path, reason },
      cause,
    });
  }
}

const STATES: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EEXIST: "something else is in its place",
  EISDIR: "it is a directory",
  ENOSPC: "no space is left on the device",
  ENOTDIR: "a part of its path is no directory",
  EROFS: "the file system is read-only",
};
