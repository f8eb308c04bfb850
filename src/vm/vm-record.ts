import { readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { EnitError, systemCode, toFileError } from "../error/index.ts";
import { writeFileAtomically } from "../otp/index.ts";
import { asOwnerOf } from "./identity.ts";
import { statePaths } from "./state-paths.ts";
import { stateDirHint, writingState } from "./writing-state.ts";

/** What must be known of a VM to find it again, whatever its release's files say by then. */
export interface VmIdentification {
  /** The release's name and version when it was started. */
  readonly release: string;
  readonly version: string;
  /** The version of a packaged release that runs for a try: the next start has the permanent one. */
  readonly tried?: string | undefined;
  /** `name@host` */
  readonly node: string;
  readonly longNames: boolean;
  readonly listenAddress?: string | undefined;
  readonly epmdPort?: number | undefined;
  /** The port that every node listens on where there is no epmd to ask. */
  readonly nodesPort?: number | undefined;
  /** `-proto_dist` of a VM with distribution over TLS. */
  readonly tlsProtocol?: string | undefined;
  readonly otpRoot: string;
  /** How a remote shell boots, where `otpRoot` is the root of a packaged release and no installation of OTP. */
  readonly shell?: { readonly ertsDir: string; readonly args: readonly string[] } | undefined;
}

/** A VM that was started here, and its process. */
export interface RunningVm extends VmIdentification {
  readonly pid: number;
  /** Field 22 of `/proc/PID/stat`, which together with the boot of the machine tells processes of one number apart. */
  readonly startTime: string;
  readonly bootId: string;
}

/** Notes that this process is, or is about to become, the VM. */
export function writeVmRecord(stateDir: string, identification: VmIdentification): void {
  const { record } = statePaths(stateDir);
  const self = readProcess(process.pid);
  if (self === undefined) throw new Error("/proc does not show this process");
  const vm: RunningVm = { ...identification, pid: process.pid, startTime: self.startTime, bootId: readBootId() };
  writeFileSync(`${record}.new`, `${JSON.stringify(vm)}\n`, { mode: 0o644 });
  renameSync(`${record}.new`, record);
}

/** Notes that a VM has come to another version of its release. */
export function changeVmVersion(stateDir: string, vm: RunningVm, version: string): void {
  const { record } = statePaths(stateDir);
  const text = `${JSON.stringify({ ...vm, version } satisfies RunningVm)}\n`;
  asOwnerOf(stateDir, () => writeFileAtomically(record, text, 0o644));
}

/** Notes which version of a packaged release runs for a try, or that the permanent one does. Throws `state_dir_unwritable`. */
export function noteTried(stateDir: string, tried: string | undefined): void {
  const vm = findRunningVm(stateDir);
  if (vm === undefined || vm.tried === tried) return;
  const { record } = statePaths(stateDir);
  const text = `${JSON.stringify({ ...vm, tried } satisfies RunningVm)}\n`;
  writingState(stateDir, () => asOwnerOf(stateDir, () => writeFileAtomically(record, text, 0o644)));
}

/** The VM of this state directory, if its process is alive. Throws `state_dir_unreadable`. */
export function findRunningVm(stateDir: string): RunningVm | undefined {
  const vm = readVmRecord(stateDir);
  return vm !== undefined && isAlive(vm) ? vm : undefined;
}

/** Whether the very process of a record still runs; one that has ended and waits for its parent does not. */
export function isAlive({ pid, startTime, bootId }: Pick<RunningVm, "pid" | "startTime" | "bootId">): boolean {
  const found = readProcess(pid);
  return found?.startTime === startTime && !found.hasEnded && readBootId() === bootId;
}

/** What tells the process of this number from later ones; `undefined` if there is none. */
export function identifyProcess(pid: number): Pick<RunningVm, "pid" | "startTime" | "bootId"> | undefined {
  const found = readProcess(pid);
  return found === undefined ? undefined : { pid, startTime: found.startTime, bootId: readBootId() };
}

/** The error of a release without a VM; `action` is what cannot be done to it. */
export function notRunning(release: string, action: string): EnitError {
  return new EnitError("not_running", `cannot ${action} "${release}": it does not run`, {
    // Whoever wants it stopped has what they want.
    hint: action === "stop" ? undefined : `Start it with: enit start ${release}`,
    data: { release },
  });
}

/**
 * Gives whose process a VM is. Throws `not_permitted` unless it is ours, or we are root; `action` is what we are not
 * permitted to do to the release.
 */
export function mayControl(
  vm: Pick<RunningVm, "release" | "pid" | "node">,
  action: string,
): { readonly uid: number; readonly gid: number } {
  const { release, pid, node } = vm;
  const owner = statSync(`/proc/${pid}`, { throwIfNoEntry: false });
  if (owner === undefined) throw notRunning(release, action);
  const own = process.geteuid?.();
  if (own === 0 || own === owner.uid) return owner;
  throw new EnitError("not_permitted", `cannot ${action} "${release}": its VM runs as another user`, {
    hint: "Run enit as root or as the user of the VM.",
    data: { release, pid, node },
  });
}

function readVmRecord(stateDir: string): RunningVm | undefined {
  let text: string;
  try {
    text = readFileSync(statePaths(stateDir).record, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR") return undefined;
    throw toFileError(error, {
      code: "state_dir_unreadable",
      action: "read the state directory",
      path: stateDir,
      hint: stateDirHint(stateDir, error),
    });
  }
  try {
    return JSON.parse(text) as RunningVm;
  } catch {
    // It takes its place by a rename: only a machine that lost its power leaves less than the whole of it, and no VM.
    return undefined;
  }
}

function readProcess(pid: number): { hasEnded: boolean; startTime: string } | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch (error) {
    if (systemCode(error) === "ENOENT" || systemCode(error) === "ESRCH") return undefined;
    throw error;
  }
  // The second field is the name in brackets, which may hold anything; proc_pid_stat(5).
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state = "", threads = "", startTime = ""] = [fields[0], fields[17], fields[19]];
  // The state is that of the first thread. A VM that is killed holds its ports until the last one is gone.
  return { hasEnded: "ZX".includes(state) && Number(threads) <= 1, startTime };
}

function readBootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
}
