/** The word that makes a copy of enit work for another one. Never typed by people, so no plugin has a say in it. */
const VM_TASK = "__vm";

/** Does what another enit has started this one for, if it has: gives the exit code, else `undefined`. */
export async function runVmTask([word, ...task]: readonly string[]): Promise<number | undefined> {
  if (word !== VM_TASK) return undefined;
  const { runInternal } = await import("../vm/index.ts");
  return runInternal(task);
}
