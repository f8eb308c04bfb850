import type { Successor, WaitOptions } from "../../../contract/index.ts";
import type { Release } from "../../../release/index.ts";
import { findRunningVm, notRunning, prepareForeignShell, prepareRemoteShell } from "../../../vm/index.ts";
import { connectByName } from "./connect.ts";

/** Prepares a remote shell as `ReleaseService.remoteShell` does. */
export async function remoteShell(release: Release, options: WaitOptions = {}): Promise<Successor> {
  const { name, stateDir } = release;
  const vm = findRunningVm(stateDir);
  if (vm !== undefined) return prepareRemoteShell(vm, stateDir, process.env);
  await using node = await connectByName(release, options);
  if (node === undefined) throw notRunning(name, "open a shell on");
  return await prepareForeignShell({ release, node, signal: options.signal }, process.env);
}
