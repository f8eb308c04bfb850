import { closeSync } from "node:fs";
import { EnitError } from "../error/index.ts";
import { internalCommand } from "./internal-command.ts";
import { libc } from "./libc.ts";

/** Where a helper finds the open file whose lock it waits for. */
export const LOCK_DESCRIPTOR = 3;

export interface LockOptions {
  /** Ends the waiting; what it is aborted with is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Called once if somebody else has the lock. */
  readonly onWait?: (() => void) | undefined;
}

/** The lock of an open file or directory. It is free again when every process that has it open has closed it or is gone. */
export interface FileLock extends Disposable {
  readonly fd: number;
}

/**
 * Takes the lock of an open file or directory (`flock`), which is closed when it is given back, and if this fails. Waits
 * while another process has it. @throws EnitError `lock_failed`.
 */
export async function lockOpenFile(fd: number, options: LockOptions = {}): Promise<FileLock> {
  try {
    options.signal?.throwIfAborted();
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
  if (exitCode !== 0) throw new EnitError("lock_failed", `cannot wait for a lock: the helper ended with ${exitCode}`);
}
