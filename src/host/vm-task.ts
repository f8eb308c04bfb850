import { INTERNAL_COMMAND } from "../system/index.ts";

/** Does what another enit has started this one for, if it has: gives the exit code, else `undefined`. No plugin has a say in it. */
export async function runVmTask([word, ...task]: readonly string[]): Promise<number | undefined> {
  if (word !== INTERNAL_COMMAND) return undefined;
  const { runInternal } = await import("../vm/index.ts");
  return runInternal(task);
}
