import { type Term, atomName, integerValue, isBinary, listElements, propertyOf, textValue } from "../../term/index.ts";

/** A function that a traced call will return to. */
export interface StackFrame {
  /** `m:f/1` */
  readonly call: string;
  readonly file: string | undefined;
  readonly line: number | undefined;
}

/**
 * The stack of a traced call, the innermost frame first: what `current_stacktrace` gave, or on OTP 25, which has no such
 * thing, functions as text.
 */
export function readStack(term: Term | undefined): readonly StackFrame[] {
  return (listElements(term) ?? []).flatMap(readFrame);
}

function readFrame(term: Term): StackFrame[] {
  if (isBinary(term)) return [{ call: textValue(term) ?? "?", file: undefined, line: undefined }];
  const [module, name, arity, place] = term.kind === "tuple" ? term.elements : [];
  const count = integerValue(arity) ?? listElements(arity)?.length;
  if (module === undefined || name === undefined || count === undefined) return [];
  return [
    {
      call: `${atomName(module) ?? "?"}:${atomName(name) ?? "?"}/${count}`,
      file: textValue(propertyOf(place, "file")),
      line: integerValue(propertyOf(place, "line")),
    },
  ];
}
