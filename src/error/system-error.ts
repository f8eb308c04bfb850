import { EnitError, type EnitErrorOptions } from "./enit-error.ts";

const STATES: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EDQUOT: "the quota is used up",
  EEXIST: "there is one already",
  EISDIR: "it is a directory",
  ELOOP: "its symbolic links lead in a circle",
  ENAMETOOLONG: "its name is too long",
  ENOENT: "there is no such file or directory",
  ENOSPC: "no space is left on the device",
  ENOTDIR: "a part of its path is no directory",
  ENOTEMPTY: "the directory is not empty",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
};

/** The code of an error of the system, such as `ENOENT`; `undefined` for any other error. */
export function systemCode(error: unknown): string | undefined {
  // Errors of ours have codes too, of another kind.
  if (!(error instanceof Error) || error instanceof EnitError) return undefined;
  return "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** What an error of the system says, in words. */
export function describeSystemError(error: unknown): string {
  const code = systemCode(error);
  if (code !== undefined) return STATES[code] ?? code;
  return error instanceof Error ? error.message : String(error);
}

/**
 * Turns an error of the system into one of the kind `io`: `cannot ACTION "PATH": STATE`, with `file` and `reason` as data.
 * What is none is given back as it is.
 */
export function toFileError(
  error: unknown,
  doing: { readonly code: string; readonly action: string; readonly path: string } & Pick<EnitErrorOptions, "hint">,
): unknown {
  const reason = systemCode(error);
  if (reason === undefined) return error;
  const { code, action, path, hint } = doing;
  return new EnitError(code, `cannot ${action} "${path}": ${describeSystemError(error)}`, {
    kind: "io",
    hint,
    data: { file: path, reason },
    cause: error,
  });
}
