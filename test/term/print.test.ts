import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { type PrintOptions, type Term, decodeTerm, exportFun, parseTerm, printTerm } from "../../src/term/index.ts";
import type { Oracle } from "../support/otp.ts";
import { bytesOf, evaluateList, termOracles, textOf, tupleOf } from "./oracles.ts";

// The oracles may have to share their cores.
setDefaultTimeout(60_000);

const oracles = await termOracles();
const unicodeOracles = await termOracles({ args: ["+pc", "unicode"] });
afterAll(async () => {
  for (const erl of [...oracles, ...unicodeOracles]) await erl[Symbol.asyncDispose]();
});

/** What is compared: an expression for the text of a term `T`, and the options that are to print the same. */
const PRINTERS: readonly (readonly [expression: string, options: PrintOptions])[] = [
  ['io_lib:format("~w", [T])', { format: "w" }],
  ['io_lib:format("~tw", [T])', { format: "tw" }],
  ['io_lib:format("~p", [T])', { format: "p" }],
  ['io_lib:format("~tp", [T])', { format: "tp" }],
  ['io_lib:format("~0p", [T])', { format: "p", width: 0 }],
  ['io_lib:format("~0tp", [T])', { width: 0 }],
  ['io_lib:format("~40p", [T])', { format: "p", width: 40 }],
  ['io_lib:format("~20.8tp", [T])', { width: 20, column: 8 }],
  ["io_lib_pretty:print(T, [{column, 1}, {line_length, 10}, {encoding, unicode}])", { width: 10 }],
  [
    "io_lib_pretty:print(T, [{column, 5}, {line_length, 30}, {encoding, latin1}])",
    { format: "p", width: 30, column: 5 },
  ],
  ["io_lib_pretty:print(T, [{column, 20}, {line_length, 79}, {encoding, unicode}])", { width: 79, column: 20 }],
  ["io_lib_pretty:print(T, [{column, 70}, {line_length, 132}, {encoding, unicode}])", { width: 132, column: 70 }],
  ["io_lib_pretty:print(T, [{column, 90}, {line_length, 80}, {encoding, unicode}])", { column: 90 }],
];

/** How OTP prints each term with each printer: the term in the external format, and the texts. */
async function printed(erl: Oracle, terms: string): Promise<readonly (readonly [Term, readonly string[]])[]> {
  const texts = PRINTERS.map(([expression]) => `unicode:characters_to_binary(${expression})`).join(", ");
  const answers = await evaluateList(erl, `[{term_to_binary(T), [${texts}]} || T <- ${terms}]`);
  return answers.map((answer) => {
    const [bytes, written] = tupleOf(answer);
    return [decodeTerm(bytesOf(bytes)), written?.kind === "list" ? written.elements.map(textOf) : []];
  });
}

/** Every text that we print otherwise. */
function differences(
  erl: Oracle,
  answers: Awaited<ReturnType<typeof printed>>,
  options: PrintOptions,
): readonly string[] {
  return answers.flatMap(([term, texts]) =>
    PRINTERS.flatMap(([expression, printOptions], i) => {
      const ours = printTerm(term, { ...printOptions, ...options, otp: erl.otp.major });
      return ours === texts[i] ? [] : [`${expression}\nOTP ${texts[i]}\nwe  ${ours}`];
    }),
  );
}

describe.each(oracles.map((erl) => [erl.otp.major, erl] as const))("OTP %d", (otp, erl) => {
  test("printTerm() prints generated terms as io_lib does, at every width and column", async () => {
    const answers = await printed(erl, `terms:generate(printed, ${otp}, 800)`);
    expect(answers.length).toBe(800);
    expect(differences(erl, answers, {})).toEqual([]);
  });

  test("printTerm() prints every atom of one character and every reserved word as io_lib does", async () => {
    const atoms = `[list_to_atom([C]) || C <- lists:seq(0, 16#d7ff, 23) ++ lists:seq(0, 16#240)]
      ++ [list_to_atom([$a, C]) || C <- lists:seq(0, 16#240)] ++ [
        'after', 'and', 'andalso', 'band', 'begin', 'bnot', 'bor', 'bsl', 'bsr', 'bxor', 'case', 'catch', 'cond', 'div',
        'else', 'end', 'fun', 'if', 'let', 'maybe', 'not', 'of', 'or', 'orelse', 'receive', 'rem', 'try', 'when', 'xor']`;
    expect(differences(erl, await printed(erl, atoms), {})).toEqual([]);
  });

  test("printTerm() shows binaries of one, two and three bytes as text where io_lib does", async () => {
    const binaries = `[<<A>> || A <- lists:seq(0, 255)]
      ++ [<<A, B>> || A <- lists:seq(1, 255, 6), B <- lists:seq(0, 255, 5)]
      ++ [<<A, B, C>> || A <- [65, 195, 226, 255], B <- [66, 130, 167, 195], C <- [67, 128, 167, 172, 247]]`;
    expect(differences(erl, await printed(erl, binaries), {})).toEqual([]);
  });

  test("printTerm() prints floats of every magnitude as io_lib does", async () => {
    const floats = `[S * M * math:pow(10, E) || S <- [1, -1], E <- lists:seq(-300, 300, 3), M <- [1.0, 1.5, 123456.0, 9.99999]]
      ++ [float(1 bsl N) + D || N <- lists:seq(0, 60), D <- [-1, 0, 1]] ++ [N / 1000 || N <- lists:seq(1, 500)]`;
    expect(differences(erl, await printed(erl, floats), {})).toEqual([]);
  });

  test("printTerm() prints the term files of the installation as io_lib does", async () => {
    const files = `lists:append([begin {ok, Terms} = file:consult(F), Terms end || F <-
      filelib:wildcard(code:root_dir() ++ "/lib/*/ebin/*.{app,appup}") ++ filelib:wildcard(code:root_dir() ++ "/releases/*/*.rel")])`;
    const answers = await printed(erl, files);
    expect(answers.length).toBeGreaterThan(50);
    expect(differences(erl, answers, {})).toEqual([]);
  });
});

describe.each(unicodeOracles.map((erl) => [erl.otp.major, erl] as const))("OTP %d with +pc unicode", (otp, erl) => {
  test("printTerm() prints generated terms as io_lib does", async () => {
    const answers = await printed(erl, `terms:generate(printed, ${otp + 50}, 600)`);
    expect(differences(erl, answers, { printableRange: "unicode" })).toEqual([]);
  });
});

test("what OTP prints of a fun and cannot read again is printed so that it can", () => {
  const fun = exportFun("after", "größe", 1);
  expect(printTerm(fun)).toBe("fun 'after':größe/1");
  expect(printTerm(exportFun("λ", "x@y", 0), { format: "w" })).toBe("fun '\\x{3BB}':'x@y'/0");
});

test("identifiers look as on their own node", () => {
  const pid: Term = { kind: "pid", node: "a@b", id: 9, serial: 1, creation: 3 };
  const port: Term = { kind: "port", node: "a@b", id: 6n, creation: 3 };
  const reference: Term = { kind: "reference", node: "a@b", words: [3, 2, 1], creation: 3 };
  expect([pid, port, reference].map((each) => printTerm(each))).toEqual(["<0.9.1>", "#Port<0.6>", "#Ref<0.1.2.3>"]);
});

test("the defaults are those of ~tp", () => {
  const term = parseTerm(`{'ħ', "${"x".repeat(70)}", [1, 2, 3]}`);
  expect(printTerm(term)).toBe(printTerm(term, { format: "tp", width: 80, column: 1, printableRange: "latin1" }));
  expect(printTerm(term)).toStartWith("{'ħ',");
});
