import { readFileSync } from "node:fs";
import { EnitError, systemCode } from "../error/index.ts";
import type { Limit } from "../release/index.ts";
import { connectVm } from "./connect-vm.ts";
import { waitForExit } from "./exit-watch.ts";
import { lockState } from "./lock.ts";
import { ProgressWatch, readStartPhase } from "./progress.ts";
import { statePaths } from "./state-paths.ts";
import { timerDelay } from "./timer-delay.ts";
import { findRunningVm, isAlive, mayControl, notRunning, type RunningVm } from "./vm-record.ts";

/** Milliseconds in which a healthy node answers. */
const ASK_TIMEOUT = 5000;

export interface StopOptions {
  /** How long to wait for the process to be gone. */
  readonly timeoutSeconds: Limit;
  /** Kill the process if it is not gone by then. Does not wait for another enit that works on the release. */
  readonly force?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Called once if another enit works on the release, for which we wait. */
  readonly onWait?: (() => void) | undefined;
  /** Called when the VM was found, before it is asked to stop. */
  readonly onStopping?: ((vm: RunningVm) => void | Promise<void>) | undefined;
}

export interface StopResult {
  readonly vm: RunningVm;
  /** Whether it had to be killed. */
  readonly killed: boolean;
}

/**
 * Stops the VM of a release in order (`init:stop/0`), and waits until its process is gone.
 *
 * All that it needs is in the state directory, so it works whatever the release's files say by now. Throws
 * `not_running`, `stop_timeout`, `not_permitted`, `state_dir_unwritable`.
 */
export async function stopRelease(
  release: { readonly name: string; readonly stateDir: string },
  options: StopOptions,
): Promise<StopResult> {
  // Before the lock: what is not there, or is another user's, cannot be locked.
  mayControl(mustRun(release), "stop");
  using cleanup = new DisposableStack();
  if (options.force !== true) cleanup.use(await lockState(release.stateDir, options));
  const vm = mustRun(release);
  await options.onStopping?.(vm);

  const { timeoutSeconds, signal } = options;
  const patience = timeoutSeconds === "infinity" ? undefined : AbortSignal.timeout(timerDelay(timeoutSeconds));
  try {
    await askAndWait(release, vm, present([patience, signal]));
    return { vm, killed: false };
  } catch (error) {
    signal?.throwIfAborted();
    if (patience?.aborted !== true) throw error;
  }
  if (options.force !== true) throw stopTimeout(release.name, vm, timeoutSeconds);
  sendSignal(vm, "SIGKILL");
  await waitForExit(vm, AbortSignal.any(present([signal])));
  return { vm, killed: true };
}

function mustRun(release: { readonly name: string; readonly stateDir: string }): RunningVm {
  const vm = findRunningVm(release.stateDir);
  if (vm !== undefined) return vm;
  throw notRunning(release.name, "stop");
}

async function askAndWait(
  release: { name: string; stateDir: string },
  vm: RunningVm,
  limits: AbortSignal[],
): Promise<void> {
  const done = new AbortController();
  const until = AbortSignal.any([...limits, done.signal]);
  try {
    await Promise.all([
      // Once it is gone there is nobody to ask any more.
      waitForExit(vm, until).then(() => done.abort()),
      askToStop(release, vm, until),
    ]);
  } finally {
    done.abort();
  }
}

/**
 * Asks over the distribution; a node that cannot be reached that way gets SIGTERM, which OTP answers by init:stop/0.
 *
 * Early in its boot a VM has neither: SIGTERM then ends it or is lost. So a VM that is not that far is asked again as
 * soon as the agent says that it is up.
 */
async function askToStop(
  release: { name: string; stateDir: string },
  vm: RunningVm,
  until: AbortSignal,
): Promise<void> {
  if (readStartPhase(release.stateDir) === "booting") {
    sendSignal(vm, "SIGTERM");
    if (!(await isUp(release.stateDir, until))) return;
  }
  try {
    await callStop(release.stateDir, vm, until);
  } catch (error) {
    if (until.aborted) return;
    if (!(error instanceof EnitError) && systemCode(error) === undefined) throw error;
    sendSignal(vm, "SIGTERM");
  }
}

/** Waits for the agent's first word; false if `until` is aborted before. */
async function isUp(stateDir: string, until: AbortSignal): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  using cleanup = new DisposableStack();
  cleanup.use(await ProgressWatch.open(stateDir, () => resolve(true)));
  const abort = (): void => resolve(false);
  until.addEventListener("abort", abort, { once: true });
  if (until.aborted) abort();
  return await promise;
}

async function callStop(stateDir: string, vm: RunningVm, signal: AbortSignal): Promise<void> {
  const cookie = readFileSync(statePaths(stateDir).cookie, "latin1");
  await using connection = await connectVm(vm, stateDir, { cookie, signal, timeout: ASK_TIMEOUT });
  await connection.call("init", "stop", [], { signal, timeout: ASK_TIMEOUT });
}

function sendSignal(vm: RunningVm, signal: "SIGTERM" | "SIGKILL"): void {
  try {
    if (isAlive(vm)) process.kill(vm.pid, signal);
  } catch (error) {
    // It has ended since.
    if (systemCode(error) !== "ESRCH") throw error;
  }
}

function stopTimeout(release: string, vm: RunningVm, timeoutSeconds: Limit): EnitError {
  return new EnitError(
    "stop_timeout",
    `cannot stop "${release}": process ${vm.pid} still runs after ${timeoutSeconds} ${timeoutSeconds === 1 ? "second" : "seconds"}`,
    {
      hint: "Wait and see whether it ends, or have it killed with --force.",
      data: { release, pid: vm.pid, node: vm.node, timeoutSeconds },
    },
  );
}

function present<T>(values: readonly (T | undefined)[]): T[] {
  return values.filter((value) => value !== undefined);
}
