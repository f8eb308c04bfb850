import type { ReleaseProcess } from "../../../contract/index.ts";
import { findRunningVm, readStartPhase } from "../../../vm/index.ts";

/** What the VM of a state directory is doing, as its process and its progress file tell; no node is asked. */
export function processOf(stateDir: string): Omit<ReleaseProcess, "version"> {
  const vm = findRunningVm(stateDir);
  if (vm === undefined) return { state: "not running", pid: undefined, node: undefined };
  return { state: readStartPhase(stateDir) === "running" ? "running" : "starting", pid: vm.pid, node: vm.node };
}
