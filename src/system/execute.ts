import { accessSync, constants, readdirSync } from "node:fs";
import { libc } from "./libc.ts";
import { openFilesOf } from "./open-files.ts";

/** A program that this process is to become. */
export interface Program {
  /** Absolute. */
  readonly path: string;
  /** `argv[0]` included. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /**
   * How many files it may have open. Default: as many as our parent, since Bun raises the limit for us and keeps quiet
   * about what it was.
   */
  readonly openFiles?: number | undefined;
}

/** What Bun ignores and a new program must not: SIGPIPE and SIGXFSZ. */
const IGNORED_BY_BUN = [13, 25];

/**
 * Becomes another program (execve(2)): the same process, with the descriptors 0, 1 and 2 and nothing else of ours.
 *
 * Returns never. Throws where the system refuses; by then descriptors are marked and signals restored, which is of no
 * concern to a process that says so and ends.
 */
export async function executeProgram({ path, argv, env, openFiles }: Program): Promise<never> {
  accessSync(path, constants.X_OK);
  if (process.execve === undefined) throw new Error("this Bun has no process.execve");
  const c = await libc();
  for (const signal of IGNORED_BY_BUN) c.restoreSignal(signal);
  const limit = openFiles ?? openFilesOf(process.ppid);
  if (limit !== undefined) c.limitOpenFiles(limit);
  // Bun opens what it opens for this process alone. This is for what others handed to us, and for locks.
  for (const name of readdirSync("/proc/self/fd")) {
    const fd = Number(name);
    if (fd > 2) c.closeOnExec(fd);
  }
  process.execve(path, [...argv], { ...env });
  throw new Error("execve came back");
}
