import { join } from "node:path";

/** The word that makes a copy of enit one of the helpers of `src/vm/internal.ts`. */
export const INTERNAL_COMMAND = "__vm";

export type InternalTask = "launch" | "wait-for-lock" | "wait-for-exit" | "guard-terminal";

/** The command that runs enit as a user does: the binary, or Bun with the sources. */
export function ownCommand(...args: readonly string[]): string[] {
  return [process.execPath, ...(isCompiled() ? [] : [join(import.meta.dir, "..", "main.ts")]), ...args];
}

/** The command that runs a task for this process in a copy of its program: the binary, or Bun with the sources. */
export function internalCommand(task: InternalTask, ...args: readonly string[]): string[] {
  const program = isCompiled() ? [INTERNAL_COMMAND] : [join(import.meta.dir, "..", "vm", "internal-main.ts")];
  return [process.execPath, ...program, task, String(process.pid), ...args];
}

function isCompiled(): boolean {
  return import.meta.dir.startsWith("/$bunfs/");
}
