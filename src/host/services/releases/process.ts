import type { ReleaseProcess } from "../../../contract/index.ts";
import type { Release } from "../../../release/index.ts";
import { findRunningVm, readStartPhase, type RunningVm, runningVersion } from "../../../vm/index.ts";

/** What the VM of a release is doing, as its process and its progress file tell; no node is asked. */
export function processOf(release: Release): ReleaseProcess {
  const { stateDir } = release;
  const vm = findRunningVm(stateDir);
  const version = vm === undefined ? undefined : runningVersion(release, vm);
  return { ...describe(vm, stateDir), version };
}

/** As `processOf`, by the state directory alone. */
export function processIn(stateDir: string): Omit<ReleaseProcess, "version"> {
  return describe(findRunningVm(stateDir), stateDir);
}

function describe(vm: RunningVm | undefined, stateDir: string): Omit<ReleaseProcess, "version"> {
  if (vm === undefined) return { state: "not running", pid: undefined, node: undefined };
  return { state: readStartPhase(stateDir) === "running" ? "running" : "starting", pid: vm.pid, node: vm.node };
}
