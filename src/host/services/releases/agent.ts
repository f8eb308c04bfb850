import type { CallOptions, NodeConnection } from "../../../dist/index.ts";
import { EnitError } from "../../../error/index.ts";
import type { Release } from "../../../release/index.ts";
import type { Term } from "../../../term/index.ts";

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
    throw new EnitError(
      "foreign_node",
      `cannot ask "${node.node}": a node of this name runs, but enit did not start it`,
      {
        hint: `Stop that node and start the release with: enit start ${name}`,
        data: { release: name, node: node.node },
        cause: error,
      },
    );
  }
}
