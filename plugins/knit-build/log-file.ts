import { appendFileSync } from "node:fs";
import { EnitError, type Log } from "../../src/contract/index.ts";

/** How much of a build is told. */
export interface LogOptions {
  /** Show details, which `debug` marks as such. */
  readonly details: boolean;
  /** A file that gets everything that is told, and what `--quiet` keeps from the screen too. */
  readonly file: string | undefined;
}

/** Makes the log of a build. Lines are added to the file as they come, so that it is complete whatever happens. */
export function openLog(screen: Log, { details, file }: LogOptions): Log {
  const toFile = (level: string, message: string): void => {
    if (file !== undefined) append(file, `${new Date().toISOString()} ${level}${message}\n`);
  };
  toFile("", "enit knit-build");
  return {
    error: (message) => {
      toFile("error: ", message);
      screen.error(message);
    },
    warn: (message) => {
      toFile("warning: ", message);
      screen.warn(message);
    },
    info: (message) => {
      toFile("", message);
      screen.info(message);
    },
    success: (message) => {
      toFile("", message);
      screen.success(message);
    },
    debug: (message) => {
      if (details) toFile("debug: ", message);
      if (details) screen.info(`debug: ${message}`);
      else screen.debug(message);
    },
    output: (text) => screen.output(text),
  };
}

/** Adds to a log file. @throws EnitError `log_unwritable`. */
export function append(file: string, text: string): void {
  try {
    appendFileSync(file, text);
  } catch (cause) {
    const state = cause instanceof Error ? cause.message : String(cause);
    throw new EnitError("log_unwritable", `cannot write "${file}": ${state}`, { kind: "io", data: { file }, cause });
  }
}
