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
      width ??= isTerminal ? terminalWidth(descriptor, env) : DEFAULT_WIDTH;
      return width;
    },
  };
}

const DEFAULT_WIDTH = 80;

/** `node:tty` takes 3 ms to load, so that it is asked only about what may be a terminal. */
function isatty(descriptor: number): boolean {
  return isCharacterDevice(descriptor) && tty().isatty(descriptor);
}

function terminalWidth(descriptor: 1 | 2, env: Readonly<Record<string, string | undefined>>): number {
  const given = Number(env["COLUMNS"]);
  if (Number.isInteger(given) && given > 0) return given;
  const { columns } = new (tty().WriteStream)(descriptor);
  return columns > 0 ? columns : DEFAULT_WIDTH;
}

function isCharacterDevice(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice();
  } catch {
    return false; // It is closed.
  }
}

function tty(): typeof import("node:tty") {
  return require("node:tty") as typeof import("node:tty");
}
