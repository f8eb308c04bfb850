import { toFileError } from "../../src/contract/index.ts";

/** What is read from a file or from standard input. */
export interface Input {
  readonly bytes: Uint8Array;
  /** For positions and errors; `undefined` for standard input. */
  readonly file: string | undefined;
}

/** Reads a file, or standard input for `-`. @throws EnitError `file_unreadable`. */
export async function readInput(name: string): Promise<Input> {
  const isStandardInput = name === "-";
  try {
    const bytes = await (isStandardInput ? Bun.stdin : Bun.file(name)).bytes();
    return { bytes, file: isStandardInput ? undefined : name };
  } catch (error) {
    throw toFileError(error, { code: "file_unreadable", action: "read", path: name });
  }
}
