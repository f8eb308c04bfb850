import { EnitError } from "../error/index.ts";

/** The code of an error of the system, such as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

const STATES: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "not permitted",
  EROFS: "it is on a file system that is read-only",
  ENOSPC: "no space is left",
  EDQUOT: "the quota is used up",
  ENOTDIR: "a part of its path is no directory",
  ENOENT: "there is no such file or directory",
};

/** What an error of the system says, in words. */
export function describeSystemError(error: unknown): string {
  return STATES[errorCode(error) ?? ""] ?? (error instanceof Error ? error.message : String(error));
}

/** Runs what writes into a state directory; an error of the system becomes `state_dir_unwritable` (kind `io`). */
export function writingState<T>(stateDir: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    if (errorCode(error) === undefined || error instanceof EnitError) throw error;
    throw new EnitError(
      "state_dir_unwritable",
      `cannot write to the state directory "${stateDir}": ${describeSystemError(error)}`,
      {
        kind: "io",
        hint: "Run enit as the user who owns it, or name another one with --state-dir.",
        data: { stateDir },
        cause: error,
      },
    );
  }
}
