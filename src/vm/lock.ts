import { closeSync, openSync } from "node:fs";
import { EnitError } from "../error/index.ts";
import { internalCommand } from "./internal-command.ts";
import { libc } from "./libc.ts";
import { statePaths } from "./state-paths.ts";
import { writingState } from "./system-error.ts";

/** Where a helper finds the open lock file. */
export const LOCK_DESCRIPTOR = 3;

export interface LockOptions {
  /** Ends the waiting; what it is aborted with is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Called once if somebody else has the lock. */
  readonly onWait?: (() => void) | undefined;
}

/** The lock of a release's state. It is free again when every process that has it open has closed it or is gone. */
export interface StateLock extends Disposable {
  readonly fd: number;
}

/** Takes the lock of a state directory, which must exist. Waits while another enit works on the release. */
export async function lockState(stateDir: string, options: LockOptions = {}): Promise<StateLock> {
  options.signal?.throwIfAborted();
  // O_CLOEXEC is set by Bun: only what we hand it to has the descriptor.
  const fd = writingState(stateDir, () => openSync(statePaths(stateDir).lock, "a", 0o600));
  try {
    if (!(await libc()).lockExclusively(fd, { wait: false })) {
      options.onWait?.();
      await waitForLock(fd, options.signal);
    }
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  let isOpen = true;
  return {
    fd,
    [Symbol.dispose]: () => {
      if (isOpen) closeSync(fd);
      isOpen = false;
    },
  };
}

/** A lock belongs to an open file, not to a process: so a copy of enit can wait for it in our place. */
async function waitForLock(fd: number, signal: AbortSignal | undefined): Promise<void> {
  const waiter = Bun.spawn({
    cmd: internalCommand("wait-for-lock"),
    stdio: ["ignore", "ignore", "ignore", fd],
    env: {},
    ...(signal === undefined ? {} : { signal, killSignal: "SIGKILL" as const }),
  });
  const exitCode = await waiter.exited;
  signal?.throwIfAborted();
  if (exitCode !== 0)
    throw new EnitError("lock_failed", `cannot wait for the lock of the release: exit code ${exitCode}`);
}
