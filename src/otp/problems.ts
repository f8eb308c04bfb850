import { EnitError } from "../error/index.ts";

/**
 * Makes one error of several that were found together: that of the first one's kind, naming them all.
 *
 * `data.problems` has code, message and data of each.
 */
export function combineErrors(what: string, errors: readonly [EnitError, ...EnitError[]]): EnitError {
  const [first] = errors;
  if (errors.length === 1) return first;
  const hint = errors.find((error) => error.hint !== undefined)?.hint;
  return new EnitError(first.code, `cannot ${what}: ${errors.map((error) => error.message).join("; ")}`, {
    kind: first.kind,
    ...(hint !== undefined && { hint }),
    data: { problems: errors.map(({ code, message, data }) => ({ code, message, data })) },
    cause: first,
  });
}
