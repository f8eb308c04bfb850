import { connectNode, type NodeConnection } from "../dist/index.ts";
import { EnitError } from "../error/index.ts";
import { readDistributionPort } from "./progress.ts";
import type { RunningVm } from "./vm-record.ts";
import { readVmTls } from "./vm-tls.ts";

export interface ConnectVmOptions {
  readonly cookie: string;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds, as `connectNode` takes it. */
  readonly timeout?: number | undefined;
}

/**
 * Connects to the VM of a state directory.
 *
 * The port is the one that the VM has noted at its start, which saves asking epmd and works where epmd has forgotten the
 * node. Where nothing of the VM listens there any more, epmd is asked. Throws what `connectNode` and `readVmTls` throw.
 */
export async function connectVm(vm: RunningVm, stateDir: string, options: ConnectVmOptions): Promise<NodeConnection> {
  const { node, listenAddress: address, epmdPort, nodesPort } = vm;
  const tls = readVmTls(vm, stateDir);
  const port = nodesPort ?? readDistributionPort(stateDir);
  if (port !== undefined) {
    try {
      return await connectNode({ node, address, port, tls, ...options });
    } catch (error) {
      if (nodesPort !== undefined || !hasMoved(error)) throw error;
    }
  }
  return connectNode({ node, address, epmdPort, tls, ...options });
}

/** Nothing listens on the port, or another node; a node that only does not answer has not moved. */
function hasMoved(error: unknown): boolean {
  if (!(error instanceof EnitError)) return false;
  return error.code === "node_not_found" || (error.code === "node_unreachable" && !("timeout" in error.data));
}
