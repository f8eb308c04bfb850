import { chmodSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { systemCode, toFileError } from "../error/index.ts";
import { findOwner } from "./identity.ts";

/** What somebody can do whom an error of the system keeps from reading or writing a state directory. */
export function stateDirHint(stateDir: string, error: unknown): string {
  const code = systemCode(error);
  if (code === "ENOSPC" || code === "EDQUOT") return "Make room there, or name another one with --state-dir.";
  if (code === "EROFS") return "Name another one with --state-dir.";
  const path = error instanceof Error && "path" in error ? String(error.path) : stateDir;
  const own = process.geteuid?.();
  const owner = findOwner(path) ?? own;
  // What root has left there.
  if (code === "EACCES" && findOwner(stateDir) === own && owner !== own)
    return `Have "${path}" removed by whose it is, or name another one with --state-dir.`;
  return "Run enit as the user who owns it, or name another one with --state-dir.";
}

/** Runs what writes into a state directory; an error of the system becomes `state_dir_unwritable` (kind `io`). */
export function writingState<T>(stateDir: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw toFileError(error, {
      code: "state_dir_unwritable",
      action: "write to the state directory",
      path: stateDir,
      hint: stateDirHint(stateDir, error),
    });
  }
}

/** Makes the state directory of a release, open to the user of the VM whatever the umask. Throws `state_dir_unwritable`. */
export function makeStateDirectory(stateDir: string): void {
  writingState(stateDir, () => {
    const first = mkdirSync(stateDir, { recursive: true });
    if (first === undefined) return;
    for (let made = stateDir; made.startsWith(first); made = dirname(made)) chmodSync(made, 0o755);
  });
}
