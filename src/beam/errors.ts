import { EnitError } from "../error/index.ts";

/** The error for bytes that are no BEAM file, or a broken one. `offset`: where in the (inflated) file. */
export function malformed(state: string, offset: number, cause?: unknown): EnitError {
  return new EnitError("beam_malformed", `cannot read the BEAM file: ${state} (byte ${offset})`, {
    kind: "input",
    data: { offset, state },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Reads something of the BEAM file of this name, which is added to the error `beam_malformed` (data: `file`). */
export function inBeamFile<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof EnitError) || error.code !== "beam_malformed") throw error;
    const { offset, state } = error.data;
    throw new EnitError(
      "beam_malformed",
      `cannot read the BEAM file "${file}": ${String(state)} (byte ${String(offset)})`,
      {
        kind: "input",
        data: { ...error.data, file },
        cause: error,
      },
    );
  }
}
