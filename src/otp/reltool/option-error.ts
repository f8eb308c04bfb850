import { EnitError, type SourcePosition, nearestName } from "../../error/index.ts";
import { type Term, atomName, printTerm } from "../../term/index.ts";

/** What parsers of options know of where they are. */
export interface ParseContext {
  /** What relative paths begin at. */
  readonly directory: string;
  /** The OTP release at hand, whose reltool and `re` count. */
  readonly release: number;
  /** Where a term stands in its file. */
  readonly positionOf: (term: Term) => SourcePosition | undefined;
  readonly warn: (warning: ReltoolWarning) => void;
}

/** Something that reltool would warn of, or that it would not do and we do. */
export interface ReltoolWarning {
  readonly code: string;
  readonly message: string;
}

/** What is shown of a term in a message. */
const SHOWN_CHARACTERS = 120;

/** The error for an option that is not of the form it must have. */
export function illegalOption(option: Term, expected: string, context: ParseContext): EnitError {
  return optionError(option, `it is not of the form ${expected}`, context);
}

/** The error for an option that does not exist; the hint names the nearest that does. */
export function unknownOption(option: Term, known: readonly string[], context: ParseContext): EnitError {
  const key = option.kind === "tuple" ? atomName(option.elements[0]) : undefined;
  const nearest = key === undefined ? undefined : nearestName(key, known);
  const hint = nearest === undefined ? `It knows ${known.join(", ")}.` : `Perhaps it should be ${nearest}.`;
  return optionError(option, "reltool has no such option here", context, hint);
}

/** The error for an option that cannot be used, for this reason. */
export function optionError(option: Term, state: string, context: ParseContext, hint?: string): EnitError {
  const position = context.positionOf(option);
  const place = position === undefined ? "" : ` (line ${position.line} column ${position.column})`;
  const text = printTerm(option, { format: "tw" });
  const shown = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}...` : text;
  return new EnitError("reltool_option", `cannot use the reltool option ${shown}${place}: ${state}`, {
    kind: "input",
    ...(hint === undefined ? {} : { hint }),
    data: { option: shown, ...position },
  });
}
