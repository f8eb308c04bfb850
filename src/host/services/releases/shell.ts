import type { Successor } from "../../../contract/index.ts";
import { EnitError } from "../../../error/index.ts";
import type { Release } from "../../../release/index.ts";
import { findRunningVm, notRunning, prepareRemoteShell } from "../../../vm/index.ts";
import { connectByName } from "./connect.ts";

/** Prepares a remote shell as `ReleaseService.remoteShell` does. */
export async function remoteShell(release: Release): Promise<Successor> {
  const { name, stateDir } = release;
  const vm = findRunningVm(stateDir);
  if (vm !== undefined) return prepareRemoteShell(vm, stateDir, process.env);
  await using node = await connectByName(release, {});
  throw node === undefined ? notRunning(name, "open a shell on") : startedElsewhere(release);
}

/** A shell boots from what `start` has written, and as the user of the VM that it knows. */
function startedElsewhere({ name, node: { nodeName, longNames } }: Release): EnitError {
  return new EnitError("foreign_node", `cannot open a shell on "${name}": enit did not start its node`, {
    hint:
      `With its cookie in ~/.erlang.cookie: erl -hidden ${longNames ? "-name" : "-sname"} shell -remsh ${nodeName}. ` +
      "enit call and enit eval work on it.",
    data: { release: name, node: nodeName },
  });
}
