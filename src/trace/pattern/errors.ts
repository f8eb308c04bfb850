import { EnitError } from "../../error/index.ts";

export interface PatternErrorOptions {
  /** Default: `bad_pattern`. */
  readonly code?: string;
  readonly hint?: string | undefined;
}

/** What is wrong at a place of a pattern, with the data from which the place is shown under a caret. */
export function patternError(
  pattern: string,
  offset: number,
  state: string,
  { code = "bad_pattern", hint }: PatternErrorOptions = {},
): EnitError {
  const before = pattern.slice(0, offset).split("\n");
  const line = before.length;
  const column = [...(before.at(-1) ?? "")].length + 1;
  return new EnitError(code, `cannot trace "${pattern}": ${state}`, {
    kind: "input",
    hint,
    data: { source: pattern, line, column },
  });
}
