import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { EnitError } from "../../../src/error/index.ts";
import { translateRegExp } from "../../../src/otp/regexp/index.ts";
import {
  type Term,
  binary,
  decodeTerm,
  encodeTerm,
  list,
  listElements,
  string,
  tuple,
} from "../../../src/term/index.ts";
import { type Oracle, oracle, otpInstallations } from "../../support/otp.ts";

/** Runs each expression over each text: a list of 0 and 1, or `error` if the expression does not compile. */
const RUN = `
  {Patterns, Texts} = Input,
  [case re:compile(P, [unicode]) of
     {ok, MP} -> [case re:run(T, MP, [{capture, none}]) of match -> 1; nomatch -> 0 end || T <- Texts];
     {error, _} -> error
   end || P <- Patterns]`;

/** What is asked of every expression that is listed here. */
const TEXTS = [
  "",
  "a",
  "A",
  "ab",
  "abc",
  "aab",
  "b",
  "ba",
  "\n",
  "a\n",
  "a\nb",
  "a\r",
  "a\n\n",
  "]",
  "-",
  "{",
  "a{,2}",
  "a{",
  "é",
  "É",
  "λ",
  "K",
  "\u212a",
  "ſ",
  "s",
  "_",
  "0",
  "a1",
  "bin/erl",
  "bin/erlc",
  "erts-13.1.5/bin/dialyzer",
  "lib/foo-1.0/ebin/foo.beam",
  "ebin/foo.app",
  "priv/x.so",
  "erts-1/bin/erl.src",
  "a b",
  "\t",
  "\u0085",
  "\u00a0",
  "\u2028",
  "x\\y",
  ".",
  "aa",
  "abab",
  "\b",
];

const PATTERNS = [
  // What reltool itself and configurations of others have.
  ".*",
  "^include$",
  "^priv$",
  "^bin",
  "^erts",
  "^lib",
  "^releases",
  "^bin/(erlc|dialyzer|typer)(|\\.exe)$",
  "^erts.*/bin/(erlc|dialyzer|typer)(|\\.exe)$",
  "^erts.*/bin/.*(debug|pdb)",
  "^bin/(erl|epmd)(|\\.exe|\\.ini)$",
  "^bin/start(|_clean).boot$",
  "^ebin/.*\\.appup$",
  "^erts.*/bin/.*src$",
  "^bin/(?!start\\.boot)[^/]+\\.boot$",
  "^bin/.*",
  "\\.(beam|app)$",
  "(?i)\\.SO$",
  "^(?!.*/(src|doc)/)",
  "^lib/[^/]+$",
  // Characters and classes.
  "",
  "a",
  "\\.",
  "\\x61",
  "\\x{3bb}",
  "\\x{61}b",
  "\\x",
  "\\0",
  "\\01",
  "\\o{141}",
  "\\cA",
  "\\e",
  "\\a",
  "\\t",
  "\\n",
  "\\r",
  "\\f",
  "[abc]",
  "[^a]",
  "[]a]",
  "[^]a]",
  "[a-c]",
  "[a-]",
  "[-a]",
  "[a\\-c]",
  "[\\d_]",
  "[\\w-]",
  "[^\\w]",
  "[\\W]",
  "[\\b]",
  "[\\]]",
  "[[:alpha:]]",
  "[[:^alpha:]]",
  "[[:upper:][:digit:]]",
  "[[:punct:]]",
  "[[:nope:]]",
  "[[.a.]]",
  "[[=a=]]",
  "[a",
  "[c-a]",
  "[\\n]",
  "[é]",
  "[à-ü]",
  "[\\x{e0}-\\x{ff}]",
  "[\\101]",
  "[[a]",
  "[a-\\x63]",
  "[^\\n]",
  "\\d",
  "\\D",
  "\\w",
  "\\W",
  "\\s",
  "\\S",
  "\\h",
  "\\H",
  "\\v",
  "\\V",
  "\\N",
  ".",
  "(?s).",
  "a.b",
  // Anchors and boundaries.
  "^a",
  "a$",
  "^$",
  "\\Aa",
  "a\\Z",
  "a\\z",
  "(?m)^b",
  "(?m)a$",
  "(?m)^$",
  "(?m)^",
  "\\bé",
  "\\b",
  "\\B",
  "a\\b",
  "^*a",
  "$?",
  "\\b+a",
  "(?=a)*b",
  // Groups, repetitions, alternatives.
  "(a|b)+",
  "(?:ab)+$",
  "(?<n>a)b",
  "(?P<n>a)b",
  "(?'n'a)b",
  "(?<n>a)\\k<n>",
  "(?P<n>a)(?P=n)",
  "(a)\\1",
  "(a)\\g1",
  "(a)\\g{1}",
  "(a)\\g{-1}",
  "(a)(b)\\2",
  "a{2}",
  "a{1,}",
  "a{0,1}b",
  "^a{1,2}$",
  "a{",
  "a{,",
  "a{x}",
  "a{1",
  "{",
  "{1}",
  "x{,2}",
  "a??b",
  "a*?b",
  "a+?$",
  "(|a)b",
  "|a",
  "a|",
  "(a",
  "a)",
  "*a",
  "+",
  "?a",
  "a{2,1}",
  "a{70000}",
  "(?U)a+b",
  "(?x) a  b # a comment",
  "(?x)a\\ b",
  "(?-i)a",
  "(?i)a(?-i)b",
  "((?i)a)b",
  "(?i:a)b",
  "(?#a comment)a",
  "(?#",
  "\\Qa.b\\E",
  "\\Q.\\E",
  "\\Qa",
  "a\\E",
  "a\\",
  "(?=a)",
  "(?!a)",
  "(?<=a)b",
  "(?<!a)b",
  "(?<=a|bc)b",
  "(?<=a*)b",
  "(?<=ab?)b",
  "(?i)s",
  "(?i)k",
  "(?i)[a-z]",
  "(?i)[[:upper:]]",
  "(?i)\\w",
  "(?i)[^k]",
  "(?i)a|B",
];

for (const otp of otpInstallations()) {
  describe(`against re of OTP ${otp.major}`, () => {
    test("every expression listed matches the same, is refused by both, or is refused by name", async () => {
      await using erl = await oracle(otp);
      expect(await differences(erl, PATTERNS, TEXTS)).toEqual([]);
    });

    test("a named class has the same characters", async () => {
      await using erl = await oracle(otp);
      const names = [
        "alnum",
        "alpha",
        "ascii",
        "blank",
        "cntrl",
        "digit",
        "graph",
        "lower",
        "print",
        "punct",
        "space",
        "upper",
        "word",
        "xdigit",
      ];
      const patterns = [...names.map((name) => `[[:${name}:]]`), "\\d", "\\h", "\\s", "\\v", "\\w", "\\N", "."];
      const codes = [
        ...upTo(0x300),
        ...upTo(0x80).map((code) => code + 0x2000),
        0x1680,
        0x180e,
        0x212a,
        0x3000,
        0xfeff,
      ];
      const texts = codes.map((code) => String.fromCodePoint(code));
      expect(await differences(erl, patterns, texts)).toEqual([]);
    });

    test("so does any expression put together of parts", async () => {
      await using erl = await oracle(otp);
      const patterns = fc.sample(anyPattern(), { numRuns: 3000, seed: 20 });
      expect(await differences(erl, patterns, TEXTS)).toEqual([]);
    });
  });
}

describe("what JavaScript cannot say is refused by name", () => {
  const constructs: readonly (readonly [pattern: string, construct: string])[] = [
    ["(?>a)b", "(?>"],
    ["a++", "a possessive repetition"],
    ["(?R)", "(?R"],
    ["(?(1)a|b)", "(?("],
    ["\\Ka", "\\K"],
    ["\\R", "\\R"],
    ["\\X", "\\X"],
    ["\\p{L}", "\\p"],
    ["(*ANYCRLF)a", "a verb, (*"],
    ["(a)|\\1", "a back reference to group 1, which may not have matched"],
    ["(a)?\\1", "a back reference to group 1, which may not have matched"],
    ["(?<=a|b+)c", "a look-behind of variable length"],
    ["a{,2}", "a repetition without its least number, {,"],
    ["(?=a)+b", "a repeated look-around"],
    ["(?i)é", "letters beyond ASCII in caseless mode"],
  ];
  for (const [pattern, construct] of constructs) {
    test(pattern, () => {
      expect(refusal(pattern)).toEqual({ code: "regexp_unsupported", kind: "unsupported", construct });
    });
  }
});

test("options given beside the expression count as modes in it", () => {
  expect(translateRegExp("^a b$", 25, { caseless: true, multiline: true, extended: true }).test("x\nAB\n")).toBe(true);
  expect(translateRegExp("a.b", 25, { dotall: true }).test("a\nb")).toBe(true);
  expect("aab".match(translateRegExp("a+", 25, { ungreedy: true }))?.[0]).toBe("a");
});

async function differences(erl: Oracle, patterns: readonly string[], texts: readonly string[]): Promise<string[]> {
  const input = encodeTerm(tuple(list(patterns.map(string)), list(texts.map((each) => binary(each)))));
  const answers = listElements(decodeTerm(await erl.evaluate(RUN, input))) ?? [];
  expect(answers.length).toBe(patterns.length);
  const wrong: string[] = [];
  for (const [index, pattern] of patterns.entries()) {
    const theirs = answers[index];
    const ours = translated(pattern, erl.otp.major);
    if (ours === "unsupported") continue;
    const expected = theirs?.kind === "atom" ? "invalid" : texts.filter((_, at) => bit(theirs, at));
    const actual = ours === "invalid" ? "invalid" : texts.filter((text) => ours.test(text));
    if (!Bun.deepEquals(expected, actual)) wrong.push(`${pattern} erlang ${show(expected)} enit ${show(actual)}`);
  }
  return wrong;
}

function translated(pattern: string, release: number): RegExp | "invalid" | "unsupported" {
  try {
    return translateRegExp(pattern, release);
  } catch (error) {
    if (!(error instanceof EnitError)) throw error;
    return error.code === "regexp_invalid" ? "invalid" : "unsupported";
  }
}

function refusal(pattern: string): unknown {
  try {
    translateRegExp(pattern, 25);
  } catch (error) {
    if (error instanceof EnitError) return { code: error.code, kind: error.kind, construct: error.data["construct"] };
  }
  return undefined;
}

function bit(answers: Term | undefined, at: number): boolean {
  const answer = answers?.kind === "list" ? answers.elements[at] : undefined;
  return answer?.kind === "integer" && answer.value === 1n;
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const show = (each: unknown): string => JSON.stringify(each).slice(0, 200);

function anyPattern(): fc.Arbitrary<string> {
  const atom = fc.constantFrom(
    "a",
    "b",
    "c",
    ".",
    "\\d",
    "\\w",
    "\\W",
    "[ab]",
    "[^a]",
    "^",
    "$",
    "\\b",
    "\\.",
    "[[:alpha:]-]",
    "\\n",
    "é",
    "(a)",
    "\\1",
    "x{2}",
    "{",
    "]",
    "/",
    "-",
    "(?i)",
    "(?s)",
    "(?m)",
    "(?=b)",
    "(?!b)",
    "(?<=a)",
    "(?<!ab)",
    "|",
    "\\A",
    "\\z",
    "(",
    ")",
    "[",
    "\\",
    "(?:",
  );
  const suffix = fc.constantFrom("", "", "", "*", "+", "?", "*?", "+?", "{1,2}", "{2}", "{,1}");
  return fc.array(fc.tuple(atom, suffix), { maxLength: 7 }).map((parts) => parts.map(([a, b]) => a + b).join(""));
}
