import { internalCommand } from "../system/index.ts";
import { isAlive, type RunningVm } from "./vm-record.ts";

/**
 * Settles when the process of a VM has ended.
 *
 * The VM need not be our child. Linux tells of its end through a pidfd, which no event loop of ours can wait for, so a
 * copy of enit does; it ends with us.
 */
export async function waitForExit(
  vm: Pick<RunningVm, "pid" | "startTime" | "bootId">,
  signal: AbortSignal,
): Promise<void> {
  while (isAlive(vm)) {
    const waiter = Bun.spawn({
      cmd: internalCommand("wait-for-exit", String(vm.pid), vm.startTime, vm.bootId),
      stdio: ["ignore", "ignore", "ignore"],
      env: {},
      signal,
      killSignal: "SIGKILL",
    });
    const exitCode = await waiter.exited;
    signal.throwIfAborted();
    if (exitCode !== 0) throw new Error(`the copy of enit that waits for process ${vm.pid} ended with ${exitCode}`);
  }
}
