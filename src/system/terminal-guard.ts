import { writeSync } from "node:fs";
import { internalCommand } from "./internal-command.ts";
import { terminalControl } from "./terminal-control.ts";

/** Another screen, with a cursor or without; leaving it shows what was there before (xterm's 1049, as terminfo's `rmcup`). */
export const ENTER_SCREEN = "\u001b[?1049h\u001b[?25l\u001b[2J";
export const LEAVE_SCREEN = "\u001b[0m\u001b[?25h\u001b[?1049l";

/**
 * Where a guard has the terminal. Not as its standard output: Bun notes the settings of a terminal there when it starts, and
 * puts those back when it ends, which may be the changed ones.
 */
const TERMINAL = 3;
const STDOUT = 1;

/** What a guard is told when there is nothing left for it to do. */
const DONE = "done";

/** Watches over a terminal that was changed. */
export interface TerminalGuard {
  /** The terminal is as it was: the guard ends. */
  dismiss(): Promise<void>;
}

/**
 * Starts a copy of enit that restores the terminal, should this process end without having done so, by SIGKILL as well.
 * It is in a session of its own, which signals of the terminal do not reach.
 */
export function guardTerminal(settings: Uint8Array): TerminalGuard {
  const guard = Bun.spawn({
    cmd: internalCommand("guard-terminal", settings.toHex()),
    stdio: ["pipe", "ignore", "ignore", STDOUT],
    env: {},
    detached: true,
  });
  return {
    dismiss: async () => {
      await guard.stdin.write(DONE);
      await guard.stdin.end();
      await guard.exited;
    },
  };
}

/** What a guard does: waits for the end of whoever started it. Gives the exit code. */
export async function runTerminalGuard(settings: string): Promise<number> {
  const [last, control] = await Promise.all([Bun.stdin.text(), terminalControl()]);
  if (last === DONE) return 0;
  try {
    // Who sees the screen that was there before may type at once.
    control.write(TERMINAL, Uint8Array.fromHex(settings));
    writeSync(TERMINAL, LEAVE_SCREEN);
    return 0;
  } catch {
    return 1; // The terminal has gone away, and nothing is left to be restored.
  }
}
