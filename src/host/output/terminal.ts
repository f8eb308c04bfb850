import { isatty } from "node:tty";

/** What output to one of the standard descriptors may look like. */
export interface Terminal {
  readonly isTerminal: boolean;
  readonly color: boolean;
  /** In columns; 80 where there is no terminal. */
  readonly width: number;
}

/** Looks at standard output (1) or standard error (2). Colour wants a terminal that is not dumb, and no `NO_COLOR`. */
export function inspectTerminal(descriptor: 1 | 2, env: Readonly<Record<string, string | undefined>>): Terminal {
  const isTerminal = isatty(descriptor);
  const color = isTerminal && !env["NO_COLOR"] && env["TERM"] !== "dumb";
  return { isTerminal, color, width: isTerminal ? terminalWidth(descriptor, env) : 80 };
}

function terminalWidth(descriptor: 1 | 2, env: Readonly<Record<string, string | undefined>>): number {
  const fromEnv = Number(env["COLUMNS"]);
  if (Number.isInteger(fromEnv) && fromEnv > 0) return fromEnv;
  const stream = descriptor === 1 ? process.stdout : process.stderr;
  return stream.columns > 0 ? stream.columns : 80;
}
