import { openSync } from "node:fs";
import { type FileLock, type LockOptions, lockOpenFile } from "../system/index.ts";
import { asOwnerOf } from "./identity.ts";
import { statePaths } from "./state-paths.ts";
import { writingState } from "./writing-state.ts";

/** Takes the lock of a state directory, which must exist. Waits while another enit works on the release. */
export async function lockState(stateDir: string, options: LockOptions = {}): Promise<FileLock> {
  options.signal?.throwIfAborted();
  // O_CLOEXEC is set by Bun: only what we hand it to has the descriptor.
  return lockOpenFile(
    writingState(stateDir, () => asOwnerOf(stateDir, () => openSync(statePaths(stateDir).lock, "a", 0o600))),
    options,
  );
}
