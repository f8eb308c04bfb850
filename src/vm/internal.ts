/**
 * What copies of enit do for enit: become the VM of a release in the background, put a terminal in order again, and wait
 * for what can only be waited for by blocking a whole thread. A copy of the binary is up in 4 ms, can be ended at any time, and leaves the
 * event loop of its parent, and so Ctrl-C, alone.
 */
import { type InternalTask, LOCK_DESCRIPTOR, type Libc, libc, runTerminalGuard } from "../system/index.ts";
import { runLauncher } from "./run-launcher.ts";
import { isAlive } from "./vm-record.ts";

/** Runs a task for the process `parent`, and gives the exit code. The task `launch` returns only if it fails. */
export async function runInternal([task, parent, ...args]: readonly string[]): Promise<number> {
  if (task === ("launch" satisfies InternalTask)) return runLauncher();
  if (task === ("guard-terminal" satisfies InternalTask)) return runTerminalGuard(args[0] ?? "");
  const c = await libc();
  c.dieWithParent();
  // From here on we end with it, so what is left is that it ended before.
  if (process.ppid !== Number(parent)) return 1;
  switch (task) {
    case "wait-for-lock" satisfies InternalTask:
      // The lock then belongs to the open file that the parent shares with us.
      return c.lockExclusively(LOCK_DESCRIPTOR, { wait: true }) ? 0 : 1;
    case "wait-for-exit" satisfies InternalTask:
      return waitForExit(c, args);
    default:
      return 1;
  }
}

function waitForExit(c: Libc, [pid = "", startTime = "", bootId = ""]: readonly string[]): number {
  const vm = { pid: Number(pid), startTime, bootId };
  c.waitForProcess(vm.pid, () => isAlive(vm));
  return 0;
}
