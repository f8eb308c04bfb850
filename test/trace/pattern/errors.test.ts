import { expect, test } from "bun:test";
import fc from "fast-check";
import { EnitError } from "../../../src/error/index.ts";
import { compileCalls } from "./nodes.ts";

/** The pattern with a caret below, what is said, and the hint if there is one. */
const CASES: readonly (readonly [pattern: string, caret: string, state: string, hint?: string])[] = [
  ["", "^", "the end of the pattern, where a module is expected"],
  ["m:", "  ^", "the end of the pattern, where a function is expected"],
  ["m f", "  ^", 'the word f, where ":", "when" or "->" is expected'],
  ["x-s", " ^", '"-", where ":", "when" or "->" is expected'],
  ["x(s)", " ^", '"(", where ":", "when" or "->" is expected'],
  ["m:f/256", "    ^", "a number, where an arity from 0 to 255 is expected"],
  ["m:f/x", "    ^", "the word x, where an arity from 0 to 255 is expected"],
  ["m:f(a", "     ^", 'the end of the pattern, where "," or ")" is expected'],
  ["m:f(1,", "      ^", "the end of the pattern, where an argument is expected"],
  ["m:f(a b)", "      ^", 'the word b, where "," or ")" is expected'],
  ["m:f(a)hen X", "      ^", 'the word hen, where "when" or "->" is expected'],
  ["m:f when [", "          ^", "the end of the pattern, where a value is expected"],
  ["m:f([a|b, c])", "        ^", '",", where "]" is expected'],
  ["m:f(#{a})", "       ^", '"}", where ":=" or "=>" is expected'],
  ["m:f(mod#rec{=0})", "            ^", '"=", where the name of a field is expected'],
  ["m:f(mod#rec{W=0})", "            ^", "the variable W, where the name of a field is expected"],
  [
    "m:f(X) when X == 1 == 2",
    "                   ^",
    "comparisons cannot stand in a row",
    "Put one of them into parentheses.",
  ],
  ["m:f(S) when (S==x;)(S==y)", "                  ^", '")", where a guard is expected'],
  ["m:f -> ", "      ^", "the end of the pattern, where an action is expected"],
  ["m:f -> retrun", "       ^", "there is no action retrun", "Did you mean return?"],
  ["m:f -> bla", "       ^", "there is no action bla", "There are return, stack, time, count."],
  ["m:f -> return x", "              ^", 'the word x, where the end, or "," and another action is expected'],
  ["m'", " ^", "the quoted atom has no end"],
  ['m:f("a', "    ^", "the string has no end"],
  ["m:f(<<1)", "    ^", "the binary has no end"],
  ["m:f(<<1:3,_:5>>)", "          ^", "<<1:3,_:5>> cannot be read as Erlang reads it"],
  ["m:f(1#2)", "    ^", "1#2 cannot be read as Erlang reads it"],
  ["m:f(\u{1F600})", "    ^", '"\u{1F600}" has no meaning here'],
  ["m:f(A++B)", "    ^", "what stands before ++ must be a list or a string"],
  [
    "m:f(A + 1)",
    "      ^",
    "+ cannot be called among arguments",
    "Name the argument with a variable, and ask for it behind when.",
  ],
  ["m:f(#{K => 1})", "      ^", "the key of a map cannot be a variable"],
  ["m:f('$1')", "    ^", "the VM takes the atom '$1' for a variable", "Write a variable: X"],
  [
    "m:f(<1.2.3>)",
    "    ^",
    "<1.2.3> is of another node",
    "Only those of the node itself, which begin with 0, are known.",
  ],
  ["m:f(X) when Y", "            ^", "the variable Y stands nowhere among the arguments", "Did you mean X?"],
  [
    "m:f when Y",
    "         ^",
    "the variable Y stands nowhere among the arguments",
    "Only variables of the arguments have values.",
  ],
  ["m:f(X) when _ == X", "            ^", "_ has no value", "Give the argument a name."],
  ["m:f(X) when is_atm(X)", "            ^", "there is no guard function is_atm/1", "Did you mean is_atom?"],
  ["m:f(X) when hd(X, X)", "            ^", "hd takes 1 argument, not 2"],
  ["m:f(X) when is_function(X, 1, 2)", "            ^", "is_function takes 1 or 2 arguments, not 3"],
  ["m:f(mod#rek{})", "    ^", "the module mod has no record rek"],
  ["m:f(mod#rec{secnd = 1})", "            ^", "the record mod#rec has no field secnd", "Did you mean second?"],
  ["m:f(mod#rec{first = 1, first = 2})", "                       ^", "the field first stands twice"],
  ["_:f(#rec{})", "    ^", "of which module the record rec is cannot be known", "Name the module: MODULE#rec"],
  [
    "m:f(a) -> count",
    "          ^",
    "count counts all calls of a function, whatever its arguments",
    "Leave the arguments and guards out, or the counting.",
  ],
];

for (const [pattern, caret, state, hint] of CASES) {
  test(`"${pattern}" is refused: ${state}`, () => {
    const error = refusal(pattern);
    expect(error?.message).toBe(`cannot trace "${pattern}": ${state}`);
    expect(error).toMatchObject({
      code: "bad_pattern",
      kind: "input",
      hint,
      data: { source: pattern, line: 1, column: caret.length },
    });
  });
}

test("the place of what is wrong is given by line and column", () => {
  expect(refusal("m:f(X)\n  when X ==")?.data).toMatchObject({ line: 2, column: 12 });
  expect(refusal("'\u{1F600}':f(X")?.data).toMatchObject({ line: 1, column: 8 });
});

test("any text is compiled or refused at a place in it", () => {
  const words =
    "m f X _ : / ( ) [ ] { } #{ # | , ; when -> == ++ + - not andalso return count 1 \"s\" 'a' <<1>> <0.1.0> mod#rec{ is_atom(";
  const text = fc.oneof(
    fc.array(fc.constantFrom(...words.split(" ")), { maxLength: 14 }).map((parts) => parts.join(" ")),
    fc.string({ maxLength: 20, unit: "binary" }).map((rest) => `m:f(${rest}`),
  );
  fc.assert(
    fc.property(text, (pattern) => {
      const error = refusal(pattern);
      if (error === undefined) return;
      expect(error.code).toBe("bad_pattern");
      const lines = pattern.split("\n");
      const { line, column } = error.data as { line: number; column: number };
      expect(line).toBeLessThanOrEqual(lines.length);
      expect(column - 1).toBeLessThanOrEqual([...(lines[line - 1] ?? "")].length);
    }),
    { numRuns: 500 },
  );
});

test("what is nested deeply is refused, not followed", () => {
  for (const open of ["[", "{", "(", "- ", "#{a => "]) {
    expect(refusal(`m:f(${open.repeat(5000)}`)?.message).toEndWith("it is nested deeper than 200 levels");
  }
});

function refusal(pattern: string): EnitError | undefined {
  try {
    compileCalls(pattern);
    return undefined;
  } catch (error) {
    if (error instanceof EnitError) return error;
    if (error instanceof Error && error.message.startsWith("not of calls")) return undefined;
    throw error;
  }
}
