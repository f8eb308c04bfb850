import type { NodeConnection } from "../../dist/index.ts";
import { atom, type Term } from "../../term/index.ts";
import { sendModules } from "../../vm/index.ts";

/** Sees to it that a VM has the modules that an upgrade calls, as this enit has them. Throws what `sendModules` throws. */
export function sendAgent(connection: NodeConnection): Promise<void> {
  return sendModules(connection, ["enit_upgrade", "enit_install"]);
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
