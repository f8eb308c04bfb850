import { afterAll, describe, expect, test } from "bun:test";
import { replaceMatches } from "../../../plugins/overlay/replace-matches.ts";
import { translateRegExp } from "../../../src/otp/index.ts";
import { encodeTerm, list, string, tuple } from "../../../src/term/index.ts";
import { oracle, otpInstallations } from "../../support/otp.ts";

const vms = await Promise.all(otpInstallations().map((otp) => oracle(otp)));
afterAll(() => Promise.all(vms.map((vm) => vm[Symbol.asyncDispose]())));

const TEXTS = [
  "",
  "a",
  "abc abc",
  "a\nb\n\nc\n",
  "x=1; y=22; z=333",
  "aaa",
  "häß",
  "key: value # c\nother: v2\n",
  "&\\1\\",
];
const PATTERNS = [
  "a",
  "b*",
  "",
  "|a",
  "a|",
  "^",
  "$",
  "(?=b)",
  "(\\w)=(\\d+)",
  "a??",
  "(a)|(b)",
  "\\s*#.*$",
  "(?m)^",
  "(?m)$",
  "(?<=a)",
  "\\b",
  ".",
  "[^ ]+",
  "x(y)?",
  "(?i)ABC",
];
const REPLACEMENTS = [
  "",
  "-",
  "<&>",
  "\\1",
  "\\2\\1",
  "\\g1x",
  "\\g{1}2",
  "\\&&\\\\",
  "\\0",
  "\\12",
  "a\\",
  "\\n\\g",
  "\\9",
  "\\g0",
  "\\g{0}\\g12",
  "\\-",
];

describe("replaceMatches()", () => {
  test.each(vms.map((vm) => [vm.otp.major, vm] as const))(
    "does what re:replace/4 of OTP %d does",
    async (release, vm) => {
      const cases = TEXTS.flatMap((text) =>
        PATTERNS.flatMap((pattern) => REPLACEMENTS.map((by) => ({ text, pattern, by }))),
      );
      const input = list(
        cases.map(({ text, pattern, by }) => tuple(string(latin1(text)), string(pattern), string(by))),
      );
      for (const anchored of [false, true]) {
        const options = `[global, {return, binary}${anchored ? ", anchored" : ""}]`;
        const answer = await vm.bytes(
          `iolist_to_binary(lists:join(<<0>>, [re:replace(Text, RE, By, ${options}) || {Text, RE, By} <- Input]))`,
          encodeTerm(input),
        );
        const expected = Buffer.from(answer).toString("latin1").split("\0");
        const wrong = cases.flatMap(({ text, pattern, by }, index) => {
          const result = replaceMatches(latin1(text), translateRegExp(pattern, release), by, { anchored });
          return result === expected[index] ? [] : [{ text, pattern, by, result, expected: expected[index] }];
        });
        expect(wrong).toEqual([]);
      }
    },
  );
});

/** The bytes of a text as characters, which is what an expression without `unicode` sees. */
function latin1(text: string): string {
  return Buffer.from(text).toString("latin1");
}
