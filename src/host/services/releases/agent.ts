import type { CallOptions, NodeConnection } from "../../../dist/index.ts";
import { EnitError } from "../../../error/index.ts";
import type { Release } from "../../../release/index.ts";
import { type Term, mapValue, textValue } from "../../../term/index.ts";

/** Calls a function of the Erlang application that enit puts into its VMs. Throws `foreign_node` where it is not there. */
export async function callAgent(
  node: NodeConnection,
  { name }: Pick<Release, "name">,
  module: string,
  functionName: string,
  args: readonly Term[],
  options: CallOptions,
): Promise<Term> {
  try {
    return await node.call(module, functionName, args, options);
  } catch (error) {
    if (!(error instanceof EnitError) || error.data["missing"] !== true) throw error;
    throw foreignNode(node.node, name, "enit did not start it", error);
  }
}

/** Makes sure that a node which was found by its name alone runs this release. Throws `foreign_node`. */
export async function mustRun(
  node: NodeConnection,
  release: Pick<Release, "name">,
  options: CallOptions,
): Promise<void> {
  const settings = await callAgent(node, release, "enit_boot", "settings", [], options);
  const facts = mapValue(settings, "release");
  const name = facts?.kind === "tuple" ? textValue(facts.elements[0]) : undefined;
  if (name !== release.name) throw foreignNode(node.node, release.name, `it runs the release "${name ?? "?"}"`);
}

function foreignNode(node: string, release: string, state: string, cause?: unknown): EnitError {
  return new EnitError("foreign_node", `cannot ask "${node}": a node of this name runs, but ${state}`, {
    hint: `Stop that node and start the release with: enit start ${release}`,
    data: { release, node },
    cause,
  });
}
