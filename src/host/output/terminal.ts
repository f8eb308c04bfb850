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
  const isTty = isTerminal(descriptor);
  let width: number | undefined;
  return {
    isTerminal: isTty,
    color: isTty && !env["NO_COLOR"] && env["TERM"] !== "dumb",
    get width() {
      width ??= isTty ? terminalWidth(descriptor, env) : DEFAULT_WIDTH;
      return width;
    },
  };
}

const DEFAULT_WIDTH = 80;

/** `node:tty` takes 3 ms to load, so that it is asked only about what may be a terminal. */
export function isTerminal(descriptor: number): boolean {
  return mayBeTerminal(descriptor) && tty().isatty(descriptor);
}

function terminalWidth(descriptor: 1 | 2, env: Readonly<Record<string, string | undefined>>): number {
  const given = Number(env["COLUMNS"]);
  if (Number.isInteger(given) && given > 0) return given;
  const { columns } = new (tty().WriteStream)(descriptor);
  return columns > 0 ? columns : DEFAULT_WIDTH;
}

/** Linux gives the major number 1 to memory devices, of which `/dev/null` is where scripts send what they do not read. */
const MEMORY_DEVICES = 1;

function mayBeTerminal(descriptor: number): boolean {
  try {
    const stats = fstatSync(descriptor);
    return stats.isCharacterDevice() && stats.rdev >> 8 !== MEMORY_DEVICES;
  } catch {
    return false; // It is closed.
  }
}

function tty(): typeof import("node:tty") {
  return require("node:tty") as typeof import("node:tty");
}
