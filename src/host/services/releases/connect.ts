import type { WaitOptions } from "../../../contract/index.ts";
import type { NodeConnection } from "../../../dist/index.ts";
import { connectNode, lookupNode } from "../../../dist/index.ts";
import { EnitError } from "../../../error/index.ts";
import { readTlsCredentials, type Release } from "../../../release/index.ts";
import { connectVm, findRunningVm, notRunning } from "../../../vm/index.ts";
import { mustRun } from "./agent.ts";

/**
 * Connects to the node of a running release; `undefined` when nothing runs.
 *
 * A node without a record in the state directory is found by its name, whoever started it.
 */
export async function connectIfRunning(
  release: Release,
  options: WaitOptions = {},
): Promise<NodeConnection | undefined> {
  const { name, node, stateDir } = release;
  const vm = findRunningVm(stateDir);
  if (vm === undefined) return connectByName(release, options);
  try {
    return await connectVm(vm, stateDir, { cookie: node.cookie, signal: options.signal });
  } catch (error) {
    throw error instanceof EnitError ? explain(error, name) : error;
  }
}

/**
 * Connects to a node that has the name and the cookie of a release without being one that enit started here; `undefined` when
 * epmd knows none of that name, or nothing listens there. Throws `foreign_node` where it is the VM of another release.
 */
export async function connectByName(release: Release, options: WaitOptions): Promise<NodeConnection | undefined> {
  if (!(await isRegistered(release, options))) return undefined;
  const { signal } = options;
  const { nodeName, cookie, listenAddress: address, epmdPort, epmd, distPort } = release.node;
  const port = epmd ? undefined : distPort;
  const tls = release.node.tls && readTlsCredentials(release.node.tls.client);
  let connection: NodeConnection;
  try {
    connection = await connectNode({ node: nodeName, cookie, address, port, epmdPort, tls, signal });
  } catch (error) {
    if (hasEnded(error)) return undefined;
    throw error;
  }
  try {
    await mustRun(connection, release, { signal });
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** epmd hears of the end of a node only a moment after nothing listens there any more. */
function hasEnded(error: unknown): boolean {
  if (!(error instanceof EnitError)) return false;
  return error.code === "node_not_found" || (error.code === "node_unreachable" && !("timeout" in error.data));
}

/** Connects to the node of a running release. Throws `not_running`. */
export async function connect(release: Release, options: WaitOptions = {}): Promise<NodeConnection> {
  const connection = await connectIfRunning(release, options);
  if (connection === undefined) throw notRunning(release.name, "connect to");
  return connection;
}

/** Whether epmd knows a node of this name. Without epmd nobody but the node itself tells whether it is there. */
async function isRegistered({ node }: Release, { signal }: WaitOptions): Promise<boolean> {
  if (!node.epmd) return true;
  try {
    return (await lookupNode(node.name, { epmdPort: node.epmdPort, signal })) !== undefined;
  } catch (error) {
    if (error instanceof EnitError && error.code === "epmd_unreachable") return false;
    throw error;
  }
}

const HINTS: Readonly<Record<string, (release: string) => string>> = {
  wrong_cookie: (release) =>
    `It was started with another cookie than the configuration has now. Put the old one back, or: enit restart ${release}`,
  node_not_found: () =>
    "Its process runs: it is still starting, it was told to stop, or epmd was restarted and has forgotten it.",
  node_unreachable: (release) => `Its process runs but does not answer. To end it: enit stop ${release} --force`,
};

function explain(error: EnitError, release: string): EnitError {
  const hint = HINTS[error.code]?.(release);
  if (hint === undefined) return error;
  return new EnitError(error.code, error.message, {
    kind: error.kind,
    hint,
    data: { ...error.data, release },
    cause: error,
  });
}
