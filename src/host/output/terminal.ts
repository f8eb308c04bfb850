import { fstatSync } from "node:fs";

/** What output to one of the standard descriptors may look like. */
export interface Terminal {
  readonly isTerminal: boolean;
  readonly color: boolean;
  /** In columns; 80 where there is no terminal. Looked up when it is first asked for. */
  readonly width: number;
}

/** Looks at standard output (1) or standard error (2). Colour wants a terminal that is not dumb, and no `NO_COLOR`. */
export function inspectTerminal(descriptor: 1 | 2, env: Readonly<Record<string, string | undefined>>): Terminal {
  const isTerminal = isatty(descriptor);
  let width: number | undefined;
  return {
    isTerminal,
    color: isTerminal && !env["NO_COLOR"] && env["TERM"] !== "dumb",
    get width() {
      width ??= isTerminal ? terminalWidth(descriptor, env) : 80;
      return width;
    },
  };
}

/** `node:tty` takes 3 ms to load and `process.stdout` 12: only what may be a terminal is worth it. */
function isatty(descriptor: number): boolean {
  if (!fstatSync(descriptor).isCharacterDevice()) return false;
  const tty: typeof import("node:tty") = require("node:tty");
  return tty.isatty(descriptor);
}

function terminalWidth(descriptor: 1 | 2, env: Readonly<Record<string, string | undefined>>): number {
  const fromEnv = Number(env["COLUMNS"]);
  if (Number.isInteger(fromEnv) && fromEnv > 0) return fromEnv;
  const stream = descriptor === 1 ? process.stdout : process.stderr;
  return stream.columns > 0 ? stream.columns : 80;
}
