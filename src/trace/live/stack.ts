import { type Term, atomName, integerValue, isBinary, listElements, propertyOf, textValue } from "../../term/index.ts";

/** A function that a traced call will return to. */
export interface StackFrame {
  /** `m:f/1` */
  readonly call: string;
  readonly file: string | undefined;
  readonly line: number | undefined;
}

/**
 * The stack of a traced call, the innermost frame first: what `current_stacktrace` gave, or on OTP 25 the text of
 * `process_dump`, which has the places of return.
 */
export function readStack(term: Term | undefined): readonly StackFrame[] {
  if (isBinary(term)) return readDump(textValue(term) ?? "");
  return (listElements(term) ?? []).flatMap(readFrame);
}

function readFrame(term: Term): StackFrame[] {
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

/** Lines such as `y(3)     Return addr 0x00007f... (shell:exprs/7 + 360)`. */
function readDump(text: string): StackFrame[] {
  return [...text.matchAll(/(?:Return addr|CP:|cp =) ?0x[\da-f]+ \(([^\n]+?)\/(\d+) \+ \d+\)/gi)].map(
    ([, name, arity]) => ({
      call: `${name}/${arity}`,
      file: undefined,
      line: undefined,
    }),
  );
}
