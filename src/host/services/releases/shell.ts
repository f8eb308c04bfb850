import type { Successor } from "../../../contract/index.ts";
import type { Release } from "../../../release/index.ts";
import { findRunningVm, notRunning, prepareRemoteShell } from "../../../vm/index.ts";

/** Prepares a remote shell as `ReleaseService.remoteShell` does. */
export async function remoteShell({ name, stateDir }: Release): Promise<Successor> {
  const vm = findRunningVm(stateDir);
  if (vm === undefined) throw notRunning(name, "open a shell on");
  return prepareRemoteShell(vm, stateDir, process.env);
}
