import type { NodeConnection } from "../../dist/index.ts";
import { EnitError } from "../../error/index.ts";
import { atom, integer, isTuple, textValue } from "../../term/index.ts";
import { sendAgent } from "../vm/agent.ts";
import { readVmFacts, type VmFacts } from "../vm/facts.ts";
import type { UpgradeVm } from "../vm/link.ts";

/** Milliseconds between two attempts, at first and at most: a node that comes up tells nobody, nor does its epmd. */
const FIRST_PAUSE = 20;
const LONGEST_PAUSE = 200;
/** Milliseconds that one attempt may take. */
const PATIENCE = 5000;

/** What a connection to a node that goes down and comes up fails with; anything else would fail for ever. */
const PASSING = new Set([
  "node_unreachable",
  "node_not_found",
  "epmd_unreachable",
  "handshake_refused",
  // On its way down the node has no cookie any more, and its TLS ends before its distribution does.
  "wrong_cookie",
  "tls_failed",
  "connection_closed",
  "call_failed",
  "call_timeout",
]);

export interface ReconnectOptions {
  /** How long to try. */
  readonly seconds: number;
  /** Takes no connection to the VM as it was before its restart; the creation it had. */
  readonly notCreation?: number | undefined;
  /** When it is good enough. Default: at once. */
  readonly until?: (facts: VmFacts) => boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Connects anew to a VM whose connection was lost. `ended`: its process is gone.
 *
 * Throws `vm_lost` when it does not answer in time.
 */
export async function reconnect(
  vm: UpgradeVm,
  { seconds, notCreation, until = () => true, signal }: ReconnectOptions,
): Promise<NodeConnection | "ended"> {
  const end = performance.now() + seconds * 1000;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    if (!vm.isAlive()) return "ended";
    const connection = await attempt(vm, signal);
    if (connection !== undefined) {
      if (connection.creation !== notCreation && (await suits(connection, until, signal))) return connection;
      await connection.close();
    }
    if (performance.now() >= end) throw lost(vm, seconds);
    await Bun.sleep(pause);
    signal?.throwIfAborted();
  }
}

async function attempt(vm: UpgradeVm, signal: AbortSignal | undefined): Promise<NodeConnection | undefined> {
  return passing(() => vm.connect({ signal, timeout: PATIENCE }));
}

async function suits(
  connection: NodeConnection,
  until: (facts: VmFacts) => boolean,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const suited = await passing(async () => {
    await sendAgent(connection);
    return until(await readVmFacts(connection, signal));
  });
  return suited === true;
}

async function passing<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof EnitError && PASSING.has(error.code)) return undefined;
    throw error;
  }
}

function lost({ release, node, pid }: UpgradeVm, seconds: number): EnitError {
  return new EnitError(
    "vm_lost",
    `cannot reach "${release}": process ${pid} runs but does not answer for ${seconds} s`,
    {
      hint: `See what it says in its log. To end it: enit stop ${release} --force`,
      data: { release, node, pid, seconds },
    },
  );
}

/** Has a VM start anew within its process, as `release_handler` does after a failure. */
export async function restartVm(connection: NodeConnection): Promise<void> {
  await passing(() => connection.call("enit_install", "restart", [], { timeout: PATIENCE }));
}

/** Whether `init` is taking a VM down. All that `release_handler` has told `init` counts. */
export async function isStopping(connection: NodeConnection): Promise<boolean> {
  const status = await passing(async () => {
    // It answers when it is done with what it was asked before: `init` has heard of the restart by then.
    await connection.call("sys", "get_state", [atom("release_handler"), integer(PATIENCE)]);
    return connection.call("init", "get_status", []);
  });
  if (status === undefined) return true;
  return textValue(isTuple(status, 2) ? status.elements[0] : undefined) === "stopping";
}
