import { afterAll, describe, expect, test } from "bun:test";
import { TermPrinter, decodeTerm } from "../../src/term/index.ts";
import { bytesOf, evaluateList, termOracles, textOf, tupleOf } from "./oracles.ts";

const COUNT = 400;
const COLUMNS = [1, 40, 75];

const oracles = await termOracles();
afterAll(async () => {
  for (const erl of oracles) await erl[Symbol.asyncDispose]();
});

for (const erl of oracles) {
  const { major } = erl.otp;
  for (const format of ["p", "tp"] as const) {
    describe(`TermPrinter in place of ~${format} of OTP ${major}`, () => {
      test("prints many terms of all kinds as io_lib does, in every column, and tells where each ends", async () => {
        const printer = new TermPrinter({ format, otp: major });
        const cases = await evaluateList(
          erl,
          `Print = fun(T, C) ->
             Text = io_lib:format("~s~${format}", [lists:duplicate(C - 1, $x), T]),
             unicode:characters_to_binary(lists:nthtail(C - 1, lists:flatten(Text)))
           end,
           [{term_to_binary(T), [Print(T, C) || C <- [${COLUMNS.join(", ")}]]}
            || T <- terms:generate(printed, ${major}, ${COUNT})]`,
        );
        expect(cases.length).toBe(COUNT);
        for (const each of cases) {
          const [bytes, printed] = tupleOf(each);
          const term = decodeTerm(bytesOf(bytes));
          const texts = printed?.kind === "list" ? printed.elements.map(textOf) : [];
          expect(COLUMNS.map((column) => printer.print(term, column))).toEqual(texts);
          for (const [index, text] of texts.entries()) {
            const column = COLUMNS[index] ?? 1;
            printer.print(term, column);
            const lines = text.split("\n");
            expect(printer.isBroken).toBe(lines.length > 1);
            expect(printer.endColumn).toBe((lines.length === 1 ? column : 1) + [...(lines.at(-1) ?? "")].length);
          }
        }
      });
    });
  }
}
