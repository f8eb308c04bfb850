import { readFileSync } from "node:fs";
import { systemCode } from "../error/index.ts";

/** How many files a process may have open: its soft limit. `undefined` where the system does not tell. */
export function openFilesOf(pid: number): number | undefined {
  try {
    const soft = /^Max open files +(\d+) /m.exec(readFileSync(`/proc/${pid}/limits`, "latin1"))?.[1];
    return soft === undefined ? undefined : Number(soft);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}
