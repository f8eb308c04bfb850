import type { Log } from "../../contract/index.ts";
import type { Console } from "./console.ts";

/** How much is said: `quiet` errors only, `verbose` details too. */
export type Verbosity = "quiet" | "normal" | "verbose";

/**
 * Makes a log that writes a line for each message to standard error.
 *
 * Not consola: its reporters write through `process.stderr`, whose first use takes 12 ms.
 */
export function makeLog(console: Console, verbosity: Verbosity, color: () => boolean): Log {
  const write = (label: string, code: number, message: string): void => {
    const painted = label !== "" && color() ? `\u001b[${code}m${label}\u001b[39m` : label;
    console.note(`${painted}${message}\n`);
  };
  const quiet = verbosity === "quiet";
  return {
    error: (message) => write("error: ", 31, message),
    warn: (message) => quiet || write("warning: ", 33, message),
    info: (message) => quiet || write("", 39, message),
    success: (message) => quiet || write("", 32, message),
    debug: (message) => verbosity === "verbose" && write("debug: ", 90, message),
  };
}
