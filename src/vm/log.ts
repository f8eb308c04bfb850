import { closeSync, constants, fchownSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import type { Identity } from "./identity.ts";
import { statePaths } from "./state-paths.ts";
import { errorCode } from "./system-error.ts";

/**
 * Opens the log to append to it. The output of VMs is kept from start to start; the agent keeps it short.
 *
 * The file belongs to the VM's user, so a link in its place would be followed to wherever that user likes.
 */
export function openLog(file: string): number {
  return openSync(file, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW, 0o640);
}

/** Gives the log to the VM's user, and makes the file that the agent moves its content to. */
export function handOverLog(stateDir: string, { uid, gid }: Identity): void {
  const { log, previousLog } = statePaths(stateDir);
  for (const file of [log, previousLog]) {
    const fd = openLog(file);
    fchownSync(fd, uid, gid);
    closeSync(fd);
  }
}

/** How much of a log is shown at most. */
const MAX_BYTES = 4096;
const MAX_LINES = 20;

/** A place in the output of VMs in the background. */
export interface LogMark {
  readonly file: string;
  /** The last lines written since, at most 20. */
  readSince(): string;
}

/** Marks the end of the log of a release, before its VM is launched. */
export function markLog(stateDir: string): LogMark {
  const file = statePaths(stateDir).log;
  const begin = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  return { file, readSince: () => lastLines(readFrom(file, begin)) };
}

function readFrom(file: string, begin: number): string {
  let fd: number;
  try {
    fd = openSync(file, "r");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return "";
    throw error;
  }
  try {
    const { size } = fstatSync(fd);
    // The agent may have moved the content away since.
    const start = Math.max(size < begin ? 0 : begin, size - MAX_BYTES);
    const bytes = Buffer.alloc(size - start);
    return bytes.toString("utf8", 0, readSync(fd, bytes, 0, bytes.length, start));
  } finally {
    closeSync(fd);
  }
}

function lastLines(text: string): string {
  return text.trimEnd().split("\n").slice(-MAX_LINES).join("\n");
}
