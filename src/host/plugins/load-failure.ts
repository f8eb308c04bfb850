import type { SourcePosition } from "../../error/index.ts";

/** What Bun says of code that it cannot build; its types do not reach into `AggregateError`. */
interface BuildError extends Error {
  readonly position: { readonly file: string; readonly line: number; readonly column: number } | null;
}

/** Why the code of a file could not be loaded: of several errors the first, with its place. */
export function explainLoadFailure(
  error: unknown,
  entry: string | undefined,
): { readonly state: string; readonly position?: SourcePosition } {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  if (!(first instanceof Error)) return { state: String(first) };
  const position = isBuildError(first) ? first.position : throwPlace(first);
  if (position === null) return { state: first.message };
  const { file, line, column } = position;
  const place = file === entry ? `${line}:${column}` : `${file}:${line}:${column}`;
  return { state: `${place}: ${first.message}`, position: { file, line, column } };
}

function isBuildError(error: Error): error is BuildError {
  return "position" in error && typeof error.position === "object";
}

/** Where the code threw while it was loaded: the first place of the stack that is in a file of its own. */
function throwPlace(error: Error): BuildError["position"] {
  const [, file, line, column] = /^ *at (?:.*\()?(\/(?!\$bunfs\/).*):(\d+):(\d+)\)?$/m.exec(error.stack ?? "") ?? [];
  return file === undefined ? null : { file, line: Number(line), column: Number(column) };
}
