import { statfsSync } from "node:fs";
import { EnitError, unlessAborted } from "../error/index.ts";
import type { Release } from "../release/index.ts";
import { becomeVm } from "./execute.ts";
import { Launcher } from "./launcher.ts";
import { lockState } from "./lock.ts";
import { markLog, type LogMark } from "./log.ts";
import { nodeNameTaken, prepareLaunch, type PrepareOptions, refuseIfRunning } from "./prepare.ts";
import { ProgressWatch } from "./progress.ts";
import type { StartEvent, StartFailure } from "./start-event.ts";
import { applicationStartFailed } from "./start-failure.ts";
import { refuseForeignState } from "./state-owner.ts";
import { timerDelay } from "./timer-delay.ts";
import { findRunningVm, type RunningVm } from "./vm-record.ts";
import { makeStateDirectory } from "./writing-state.ts";

export interface StartOptions extends PrepareOptions {
  /** Takes what happens, as it happens. */
  readonly onEvent?: ((event: StartEvent) => void) | undefined;
}

/**
 * Starts a release in the background; settles when all its applications run.
 *
 * A VM that was launched goes on to start whatever becomes of this process; before that, nothing is left behind.
 *
 * Throws `already_running`, `node_name_taken`, `application_start_failed`, `vm_ended`, `launch_failed`,
 * `not_permitted`, `unknown_user`, `unknown_group`, `state_dir_foreign`, `state_dir_unwritable`, and what `findReleaseSystem` and making the
 * boot script throw.
 */
export async function startRelease(release: Release, options: StartOptions = {}): Promise<RunningVm> {
  const { stateDir } = release;
  // Before all else, as the state directory may be another user's.
  refuseIfRunning(release);
  await refuseForeignState(release);
  makeStateDirectory(stateDir);
  using lock = await lockState(stateDir, options);
  refuseIfRunning(release);
  await using launcher = new Launcher(stateDir, lock.fd);
  const log = markLog(stateDir);
  const { order, keepCode } = await prepareLaunch(release, "background", options);
  using following = new StartFollower(release, launcher, log, options);
  using progress = await ProgressWatch.withBell(stateDir, order.identity, (event) => following.receive(event));
  await launcher.launch(order);
  keepCode();
  // From now on the record says that a VM runs, so that another enit may stop it while it starts.
  lock[Symbol.dispose]();
  await following.outcome(progress);
  const vm = findRunningVm(stateDir);
  if (vm === undefined) throw vmEnded(release, await launcher.exited, log);
  return vm;
}

/** A release that is ready to be run by this very process. */
export interface ForegroundStart extends Disposable {
  /** Becomes the VM, with the terminal or whatever else the descriptors 0, 1 and 2 are. Returns never. */
  become(): Promise<never>;
}

/**
 * Prepares this process to become the VM of a release; until it does, or the result is disposed of, it has the lock.
 *
 * The agent writes on stdout what happens. Throws as `startRelease` does, as long as there is no VM.
 */
export async function prepareForeground(release: Release, options: PrepareOptions = {}): Promise<ForegroundStart> {
  refuseIfRunning(release);
  await refuseForeignState(release);
  makeStateDirectory(release.stateDir);
  const lock = await lockState(release.stateDir, options);
  try {
    refuseIfRunning(release);
    const { order, keepCode } = await prepareLaunch(release, "foreground", options);
    keepCode();
    return { become: () => becomeVm(order), [Symbol.dispose]: () => lock[Symbol.dispose]() };
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}

/** Follows a VM from its launch to the point where it runs or has ended. */
class StartFollower implements Disposable {
  readonly #release: Release;
  readonly #launcher: Launcher;
  readonly #log: LogMark;
  readonly #options: StartOptions;
  readonly #isRunning = Promise.withResolvers<void>();
  #failure: StartFailure | undefined;
  /** The application whose start function runs. */
  #starting: string | undefined;
  #timer: Timer | undefined;

  constructor(release: Release, launcher: Launcher, log: LogMark, options: StartOptions) {
    this.#release = release;
    this.#launcher = launcher;
    this.#log = log;
    this.#options = options;
  }

  /** Takes what the agent reports. */
  receive(event: StartEvent): void {
    if (event.kind === "failed") this.#expectEnd(event);
    this.#starting = event.kind === "starting" ? event.application : undefined;
    if (event.kind === "running") this.#isRunning.resolve();
    this.#options.onEvent?.(event);
  }

  /** Settles when all applications run. */
  async outcome(progress: ProgressWatch): Promise<void> {
    const { signal } = this.#options;
    const outcome = Promise.race([this.#isRunning.promise, this.#ended(progress)]);
    await (signal === undefined ? outcome : unlessAborted(signal, outcome));
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  /** The VM ends on its own now, unless something in it hangs. */
  #expectEnd(failure: StartFailure): void {
    this.#failure = failure;
    const { stopTimeoutSeconds } = this.#release.node;
    if (stopTimeoutSeconds === "infinity") return;
    this.#timer = setTimeout(() => process.kill(this.#launcher.pid, "SIGKILL"), timerDelay(stopTimeoutSeconds));
  }

  async #ended(progress: ProgressWatch): Promise<never> {
    const exitCode = await this.#launcher.exited;
    // Its last words may not have been told of yet.
    progress.read();
    if (this.#failure !== undefined) throw applicationStartFailed(this.#release.name, this.#failure);
    throw vmEnded(this.#release, exitCode, this.#log, this.#starting);
  }
}

function vmEnded({ name, node, stateDir }: Release, exitCode: number, log: LogMark, starting?: string): EnitError {
  const output = log.readSince();
  // Taken by a node that started between our look and the VM's.
  if (/the name \S+ seems to be in use/.test(output)) return nodeNameTaken(name, node.nodeName);
  const how = exitCode > 128 ? `ended by signal ${exitCode - 128}` : `ended with exit code ${exitCode}`;
  const when = starting === undefined ? "before all applications ran" : `while "${starting}" was starting`;
  return new EnitError("vm_ended", `cannot start "${name}": the VM ${how} ${when}`, {
    hint:
      output === ""
        ? `It wrote nothing into ${log.file}${whyNothing(stateDir)}.`
        : `It wrote into ${log.file}:\n${output}`,
    data: { release: name, exitCode, log: log.file, output },
  });
}

function whyNothing(stateDir: string): string {
  return statfsSync(stateDir).bavail === 0 ? ": no space is left on the device" : "";
}
