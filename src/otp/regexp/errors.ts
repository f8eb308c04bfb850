import { EnitError } from "../../error/index.ts";

/** The error for an expression that `re:compile/2` refuses too. */
export function invalidRegExp(pattern: string, state: string): EnitError {
  return new EnitError("regexp_invalid", `cannot use the regular expression "${pattern}": ${state}`, {
    kind: "input",
    data: { pattern },
  });
}

/** The error for an expression that means something in Erlang which cannot be said here. */
export function unsupportedRegExp(pattern: string, construct: string): EnitError {
  return new EnitError("regexp_unsupported", `cannot use the regular expression "${pattern}": it has ${construct}`, {
    kind: "unsupported",
    hint: "Write it without; what it would match here could differ from what it matches in Erlang.",
    data: { pattern, construct },
  });
}
