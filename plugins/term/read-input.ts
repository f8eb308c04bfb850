import { EnitError } from "../../src/contract/index.ts";

/** What is read from a file or from standard input. */
export interface Input {
  readonly bytes: Uint8Array;
  /** For positions and errors; `undefined` for standard input. */
  readonly file: string | undefined;
}

const STATES: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  EACCES: "permission denied",
  EISDIR: "it is a directory",
};

/** Reads a file, or standard input for `-`. @throws EnitError `file_unreadable`. */
export async function readInput(name: string): Promise<Input> {
  const isStandardInput = name === "-";
  try {
    const bytes = await (isStandardInput ? Bun.stdin : Bun.file(name)).bytes();
    return { bytes, file: isStandardInput ? undefined : name };
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    const state = STATES[code] ?? (cause instanceof Error ? cause.message : String(cause));
    throw new EnitError("file_unreadable", `cannot read "${name}": ${state}`, {
      kind: "io",
      data: { file: name },
      cause,
    });
  }
}
