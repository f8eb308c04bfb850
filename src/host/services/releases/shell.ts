import type { ProgramStart } from "../../../contract/index.ts";
import type { Release } from "../../../release/index.ts";
import { findRunningVm, planRemoteShell } from "../../../vm/index.ts";
import { notRunning } from "./connect.ts";

/** Plans a remote shell as `ReleaseService.remoteShell` does. */
export async function remoteShell({ name, stateDir }: Release): Promise<ProgramStart> {
  const vm = findRunningVm(stateDir);
  if (vm === undefined) throw notRunning(name, "open a shell on");
  return planRemoteShell(vm, stateDir, process.env);
}
