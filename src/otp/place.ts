import type { SourcePosition } from "../error/index.ts";

/** A file, or a place in it, as errors show it: `FILE` or `FILE:LINE:COLUMN`. */
export function showPlace(file: string, position: SourcePosition | undefined): string {
  return position === undefined ? file : `${file}:${position.line}:${position.column}`;
}

/** The same for the data of an error. */
export function placeData(file: string, position: SourcePosition | undefined): Readonly<Record<string, unknown>> {
  return position === undefined ? { file } : { file, line: position.line, column: position.column };
}
