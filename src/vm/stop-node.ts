import { readFileSync } from "node:fs";
import type { NodeConnection } from "../dist/index.ts";
import { EnitError, unlessAborted } from "../error/index.ts";
import type { Limit } from "../release/index.ts";
import { atom, integer, list, textValue, tuple } from "../term/index.ts";
import { waitForExit } from "./exit-watch.ts";
import { timerDelay } from "./timer-delay.ts";
import { identifyProcess, type RunningVm } from "./vm-record.ts";

/** Milliseconds in which a healthy node answers. */
const ASK_TIMEOUT = 5000;
/** What a shell shows for SIGKILL. */
const KILLED = 137;

export interface StopNodeOptions {
  readonly timeoutSeconds: Limit;
  /** Have it halt where it is if it does not stop in time. */
  readonly force?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The number of the process of a node. */
export async function osPidOf(node: NodeConnection, signal: AbortSignal | undefined): Promise<number> {
  return Number(textValue(await node.call("os", "getpid", [], { signal, timeout: ASK_TIMEOUT })));
}

/**
 * Stops a node that enit did not start (`init:stop/0`), and waits until it has left the network and, if it is one of this
 * machine, its process is gone. Gives whether it had to be halted. Throws `stop_timeout`.
 */
export async function stopNode(release: string, node: NodeConnection, options: StopNodeOptions): Promise<boolean> {
  const { timeoutSeconds, force, signal } = options;
  const pid = await osPidOf(node, signal);
  const vm = emulatorOf(pid);
  const patience = timeoutSeconds === "infinity" ? undefined : AbortSignal.timeout(timerDelay(timeoutSeconds));
  const limits = [patience, signal].filter((each) => each !== undefined);
  const until = AbortSignal.any(limits);
  try {
    await node.call("init", "stop", [], { signal: until });
    await untilGone(node, vm, until);
    return false;
  } catch (error) {
    signal?.throwIfAborted();
    if (patience?.aborted !== true) throw error;
  }
  if (force !== true) throw stopTimeout(release, node.node, pid, timeoutSeconds);
  const flags = list([tuple(atom("flush"), atom("false"))]);
  // It has no time for an answer.
  await node.call("erlang", "halt", [integer(KILLED), flags], { signal }).catch((error: unknown) => {
    if (!(error instanceof EnitError) || error.code !== "connection_closed") throw error;
  });
  await untilGone(node, vm, AbortSignal.any(signal === undefined ? [] : [signal]));
  return true;
}

type Emulator = Pick<RunningVm, "pid" | "startTime" | "bootId">;

/** The process of this number if it is an Erlang VM here: a node of another machine or container has numbers of its own. */
function emulatorOf(pid: number): Emulator | undefined {
  const vm = identifyProcess(pid);
  if (vm === undefined) return undefined;
  return readFileSync(`/proc/${pid}/comm`, "latin1").includes("beam") ? vm : undefined;
}

async function untilGone(node: NodeConnection, vm: Emulator | undefined, signal: AbortSignal): Promise<void> {
  await unlessAborted(signal, node.closed);
  if (vm !== undefined) await waitForExit(vm, signal);
}

function stopTimeout(release: string, node: string, pid: number, timeoutSeconds: Limit): EnitError {
  const unit = timeoutSeconds === 1 ? "second" : "seconds";
  return new EnitError(
    "stop_timeout",
    `cannot stop "${release}": the node "${node}" still runs after ${timeoutSeconds} ${unit}`,
    {
      hint: "Wait and see whether it ends, or have it halted with --force.",
      data: { release, pid, node, timeoutSeconds },
    },
  );
}
