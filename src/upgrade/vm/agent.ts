import { beamMd5, openBeam } from "../../beam/index.ts";
import type { NodeConnection } from "../../dist/index.ts";
import { EnitError } from "../../error/index.ts";
import { atom, binary, equalTerms, isTagged, printTerm, string, type Term } from "../../term/index.ts";
import { readAgent } from "../../vm/index.ts";

const MODULES = ["enit_upgrade", "enit_install"];

/**
 * Sees to it that a VM has the modules that an upgrade calls, as this enit has them: a VM that an older enit started, or
 * none, has others, or none.
 *
 * Throws `agent_refused` where the VM does not load them, and what calls throw.
 */
export async function sendAgent(connection: NodeConnection): Promise<void> {
  const { files } = await readAgent();
  for (const module of MODULES) {
    const code = files.find(({ name }) => name === `${module}.beam`)?.content;
    if (code === undefined) throw new Error(`the agent has no module ${module}`);
    if (!(await isLoaded(connection, module, beamMd5(openBeam(code))))) await load(connection, module, code);
  }
}

async function isLoaded(connection: NodeConnection, module: string, md5: Uint8Array): Promise<boolean> {
  try {
    return equalTerms(await connection.call("erlang", "get_module_info", [atom(module), atom("md5")]), binary(md5));
  } catch (error) {
    if (error instanceof EnitError && error.code === "call_failed") return false;
    throw error;
  }
}

async function load(connection: NodeConnection, module: string, code: Uint8Array): Promise<void> {
  const file = string(`enit/${module}.beam`);
  const answer = await connection.call("code", "load_binary", [atom(module), file, binary(code)]);
  if (isTagged(answer, "module", 2)) return;
  throw new EnitError(
    "agent_refused",
    `cannot ask "${connection.node}" for an upgrade: it does not load the module ${module}: ${printTerm(answer)}`,
    { kind: "unsupported", data: { node: connection.node, module } },
  );
}

/** Asks for all batches of a function of `enit_upgrade` whose last argument but `rest` is a place. */
export async function askInBatches(
  connection: NodeConnection,
  functionName: string,
  first: readonly Term[],
  rest: readonly Term[] = [],
  signal?: AbortSignal,
): Promise<Term[]> {
  const found: Term[] = [];
  let place: Term = atom("first");
  do {
    const batch = await connection.call("enit_upgrade", functionName, [...first, place, ...rest], { signal });
    const [items, next] = batch.kind === "tuple" ? batch.elements : [];
    if (items?.kind === "list") found.push(...items.elements);
    place = next ?? atom("done");
  } while (place.kind === "pid");
  return found;
}
