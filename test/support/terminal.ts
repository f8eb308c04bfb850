import { writeFileSync } from "node:fs";
import { ENIT } from "./run-enit.ts";

/** A program on a terminal of its own, by script(1). */
export interface Terminal {
  readonly exited: Promise<number>;
  /** Types text; `\r` is the key Enter. */
  readonly type: (text: string) => void;
  /** Settles when this text is on the screen, behind what was waited for before. */
  readonly until: (text: string) => Promise<void>;
  /** All that was on the screen. */
  readonly screen: () => string;
  /** Has the terminal go away. */
  readonly hangUp: () => void;
}

/** Runs `enit` with words that need no quotes on a terminal. */
export function openTerminal(args: readonly string[], env: Readonly<Record<string, string>>): Terminal {
  // Without `exec` some shells stay, and tell of a Ctrl-C in their own way.
  return runOnTerminal(["exec", ENIT, ...args].join(" "), env);
}

/** A program with a shell behind it, as on the terminal of a person. */
export interface Shell extends Terminal {
  /** Settles when the shell has printed `ended with CODE`. */
  readonly ended: (code: number) => Promise<void>;
  /** Has the shell print the settings of the terminal, and end with the code of the program. */
  readonly showSettings: () => void;
}

/** As `openTerminal`, with a shell behind it that waits at a FIFO, which is made at this path. */
export function openShell(fifo: string, args: readonly string[], env: Readonly<Record<string, string>>): Shell {
  Bun.spawnSync(["mkfifo", fifo]);
  const program = [ENIT, ...args].join(" ");
  const terminal = runOnTerminal(`${program}; code=$?; echo "ended with $code"; cat ${fifo}; stty -a; exit $code`, env);
  return {
    ...terminal,
    ended: async (code) => {
      // Whoever restores the terminal of a program that was killed is not in step with the shell.
      if (!terminal.screen().includes(`ended with ${code}`)) await terminal.until(`ended with ${code}`);
    },
    showSettings: () => writeFileSync(fifo, ""),
  };
}

function runOnTerminal(command: string, env: Readonly<Record<string, string>>): Terminal {
  const terminal = Bun.spawn({
    cmd: ["script", "-qefc", command, "/dev/null"],
    env: { PATH: process.env["PATH"], TERM: "xterm", SHELL: "/bin/sh", ...env },
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  const output = terminal.stdout.getReader();
  const decoder = new TextDecoder();
  let screen = "";
  let seen = 0;
  return {
    exited: terminal.exited,
    type: (text) => {
      void terminal.stdin.write(text);
      void terminal.stdin.flush();
    },
    until: async (text) => {
      for (let at = screen.indexOf(text, seen); ; at = screen.indexOf(text, seen)) {
        if (at >= 0) {
          seen = at + text.length;
          return;
        }
        const { value, done } = await output.read();
        if (done) throw new Error(`the program ended without "${text}": ${JSON.stringify(screen)}`);
        screen += decoder.decode(value, { stream: true });
      }
    },
    screen: () => screen,
    hangUp: () => terminal.kill("SIGKILL"),
  };
}
