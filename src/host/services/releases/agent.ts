import type { CallOptions, NodeConnection } from "../../../dist/index.ts";
import { EnitError } from "../../../error/index.ts";
import type { Release } from "../../../release/index.ts";
import { type Term, mapValue, textValue } from "../../../term/index.ts";
import type { ReleasePlaces } from "../../../vm/index.ts";

/**
 * Calls a function of the Erlang application that enit puts into its VMs. A node that does not have it, since enit did not
 * start it or an older enit did, is sent it first.
 */
export async function callAgent(
  node: NodeConnection,
  release: ReleasePlaces,
  module: string,
  functionName: string,
  args: readonly Term[],
  options: CallOptions,
): Promise<Term> {
  try {
    return await node.call(module, functionName, args, options);
  } catch (error) {
    if (!isMissing(error)) throw error;
    const { sendAgent, releaseCommand } = await import("../../../vm/index.ts");
    await sendAgent(node, { wanted: module, command: releaseCommand(release), signal: options.signal });
    return node.call(module, functionName, args, options);
  }
}

/**
 * Makes sure that a node which was found by its name alone is not the VM of another release. One that enit did not start is
 * taken for the release, whose definition gives its name and its cookie. Throws `foreign_node`.
 */
export async function mustRun(
  node: NodeConnection,
  { name }: Pick<Release, "name">,
  options: CallOptions,
): Promise<void> {
  const other = await runningRelease(node, options);
  if (other === undefined || other === name) return;
  const state = `a node of this name runs, but it runs the release "${other}"`;
  throw new EnitError("foreign_node", `cannot ask "${node.node}": ${state}`, {
    hint: `Stop that node and start the release with: enit start ${name}`,
    data: { release: name, node: node.node },
  });
}

/** The name of the release that a VM was started for; `undefined` where enit did not start it. */
async function runningRelease(node: NodeConnection, options: CallOptions): Promise<string | undefined> {
  try {
    const facts = mapValue(await node.call("enit_boot", "settings", [], options), "release");
    return facts?.kind === "tuple" ? textValue(facts.elements[0]) : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof EnitError && error.data["missing"] === true;
}
