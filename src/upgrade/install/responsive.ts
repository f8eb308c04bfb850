import type { NodeConnection } from "../../dist/index.ts";
import { EnitError } from "../../error/index.ts";
import { integer, list, listElements, textValue } from "../../term/index.ts";
import type { ScriptEffects } from "../script.ts";
import type { ModuleUser } from "../verify/processes.ts";
import type { InstallRequest } from "./install.ts";

/** Milliseconds that OTP gives a process to suspend. */
const DEFAULT_PATIENCE = 5000;

/**
 * Asks the processes that are to change their state whether they answer: `release_handler` passes over one that is busy,
 * whose state would stay that of the version before. Throws `processes_busy`.
 */
export async function checkResponsive(
  connection: NodeConnection,
  { vm, to, limits }: Pick<InstallRequest, "vm" | "to" | "limits">,
  users: readonly ModuleUser[],
  effects: ScriptEffects,
  signal?: AbortSignal,
): Promise<void> {
  const changed = new Set([...effects.codeChanged, ...effects.suspended]);
  const pids = users.filter(({ module }) => changed.has(module)).map(({ pid }) => pid);
  if (pids.length === 0) return;
  const patience = integer(limits.suspendMs ?? DEFAULT_PATIENCE);
  const answer = await connection.call("enit_upgrade", "busy", [list(pids), patience], { signal });
  const busy = (listElements(answer) ?? []).map((each) => textValue(each) ?? "");
  if (busy.length === 0) return;
  const who = busy.length === 1 ? `process ${busy[0]} is busy` : `processes are busy: ${busy.join(", ")}`;
  throw new EnitError("processes_busy", `cannot upgrade "${vm.release}" to ${to.release.version}: ${who}`, {
    hint: "It would keep the state of the version before. Nothing has changed: try again, or give it longer with --suspend-timeout.",
    data: { release: vm.release, version: to.release.version, processes: busy },
  });
}
