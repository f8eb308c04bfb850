import { chmodSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { toFileError } from "../error/index.ts";

/** What somebody can do who gets no further with a state directory. */
export const STATE_DIR_HINT = "Run enit as the user who owns it, or name another one with --state-dir.";

/** Runs what writes into a state directory; an error of the system becomes `state_dir_unwritable` (kind `io`). */
export function writingState<T>(stateDir: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw toFileError(error, {
      code: "state_dir_unwritable",
      action: "write to the state directory",
      path: stateDir,
      hint: STATE_DIR_HINT,
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
