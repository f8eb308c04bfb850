import type { Log } from "../../contract/index.ts";
import type { Console } from "./console.ts";

/** How much is said: `quiet` errors only, `verbose` details too. */
export type Verbosity = "quiet" | "normal" | "verbose";

interface Level {
  readonly label: string;
  /** The colour of the label, as in ANSI's codes. */
  readonly color: number;
  /** Who sees it. */
  readonly shown: readonly Verbosity[];
}

const NORMAL: readonly Verbosity[] = ["normal", "verbose"];

const LEVELS = {
  error: { label: "error: ", color: 31, shown: ["quiet", "normal", "verbose"] },
  warn: { label: "warning: ", color: 33, shown: NORMAL },
  info: { label: "", color: 39, shown: NORMAL },
  success: { label: "", color: 39, shown: NORMAL },
  debug: { label: "debug: ", color: 90, shown: ["verbose"] },
} as const satisfies Record<Exclude<keyof Log, "output">, Level>;

/**
 * Makes a log that writes a line for each message to standard error.
 *
 * Not consola: it takes 9 ms to load, and its reporters write through `process.stderr`, which takes 13 more.
 */
export function makeLog(
  console: Console,
  style: () => { readonly verbosity: Verbosity; readonly color: boolean },
): Log {
  const write = ({ label, color, shown }: Level, message: string): void => {
    const now = style();
    if (!shown.includes(now.verbosity)) return;
    console.note(`${label !== "" && now.color ? `\u001b[${color}m${label}\u001b[39m` : label}${message}\n`);
  };
  return {
    error: (message) => write(LEVELS.error, message),
    warn: (message) => write(LEVELS.warn, message),
    info: (message) => write(LEVELS.info, message),
    success: (message) => write(LEVELS.success, message),
    debug: (message) => write(LEVELS.debug, message),
    output: (text) => console.note(text),
  };
}
