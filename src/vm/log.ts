import { closeSync, constants, fchownSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { systemCode } from "../error/index.ts";
import type { Identity } from "./identity.ts";
import { statePaths } from "./state-paths.ts";

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

/** How much of a log is shown at most: its beginning, where a VM says what it cannot use, and its end. */
const FIRST_BYTES = 1024;
const LAST_BYTES = 4096;
const FIRST_LINES = 4;
const LAST_LINES = 16;

/** A place in the output of VMs in the background. */
export interface LogMark {
  readonly file: string;
  /** What was written since: the first 4 and the last 16 lines. */
  readSince(): string;
}

/** Marks the end of the log of a release, before its VM is launched. */
export function markLog(stateDir: string): LogMark {
  const file = statePaths(stateDir).log;
  const begin = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  return { file, readSince: () => readFrom(file, begin) };
}

function readFrom(file: string, mark: number): string {
  let fd: number;
  try {
    fd = openSync(file, "r");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return "";
    throw error;
  }
  const read = (start: number, end: number): string[] => {
    const bytes = Buffer.alloc(end - start);
    return bytes
      .toString("utf8", 0, readSync(fd, bytes, 0, bytes.length, start))
      .trimEnd()
      .split(/\r?\n/);
  };
  try {
    const { size } = fstatSync(fd);
    // The agent may have moved the content away since.
    const begin = size < mark ? 0 : mark;
    const all = size - begin <= FIRST_BYTES + LAST_BYTES ? read(begin, size) : undefined;
    if (all !== undefined && all.length <= FIRST_LINES + LAST_LINES) return all.join("\n");
    const first = (all ?? read(begin, begin + FIRST_BYTES)).slice(0, FIRST_LINES);
    return [...first, "...", ...(all ?? read(size - LAST_BYTES, size)).slice(-LAST_LINES)].join("\n");
  } finally {
    closeSync(fd);
  }
}
