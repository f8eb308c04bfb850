import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { EnitError } from "../../src/error/index.ts";
import {
  binary,
  decodeTerm,
  decodeTermText,
  encodeTerm,
  equalTerms,
  list,
  parseTerm,
  parseTerms,
  printTerm,
  string,
  type Term,
} from "../../src/term/index.ts";
import type { Oracle } from "../support/otp.ts";
import { tempDir } from "../support/temp-dir.ts";
import { bytesOf, evaluateList, readCases, termOracles, textOf, tupleOf } from "./oracles.ts";
import { mutatedTexts, segmentTexts, tokenTexts } from "./texts.ts";

// The oracles may have to share their cores.
setDefaultTimeout(60_000);

const oracles = await termOracles();
const dir = tempDir();
afterAll(async () => {
  for (const erl of oracles) await erl[Symbol.asyncDispose]();
  dir[Symbol.dispose]();
});

/** What consult.erl says of a text: the terms, or the line of an error (0 where OTP itself has none). */
type Consulted = { readonly terms: Term } | { readonly line: number };

async function consult(erl: Oracle, texts: readonly string[]): Promise<readonly Consulted[]> {
  const file = dir.join(`text-${erl.otp.major}`);
  const answers = await evaluateList(erl, `consult:texts("${file}", Input)`, encodeTerm(list(texts.map(binaryOf))));
  return answers.map(consulted);
}

function consulted(answer: Term): Consulted {
  const [, value] = tupleOf(answer);
  if (value?.kind === "integer") return { line: Number(value.value) };
  return { terms: decodeTerm(bytesOf(value)) };
}

function binaryOf(text: string): Term {
  return binary(text);
}

/** The terms of a text, or the error that `parseTerms` throws. */
function parse(text: string, otp?: number): Term | EnitError {
  try {
    return list(parseTerms(text, otp === undefined ? {} : { otp }).terms);
  } catch (error) {
    if (error instanceof EnitError) return error;
    throw error;
  }
}

/** Every text that we read otherwise than this OTP, with both readings. */
async function differences(erl: Oracle, texts: readonly string[]): Promise<readonly string[]> {
  const input = encodeTerm(list(texts.map(binaryOf)));
  const answers = (await evaluateList(erl, "consult:strings(Input)", input)).map(consulted);
  return texts.flatMap((text, i) => {
    const answer = answers[i] as Consulted;
    const ours = parse(text, erl.otp.major);
    const same =
      "terms" in answer ? !(ours instanceof EnitError) && equalTerms(ours, answer.terms) : ours instanceof EnitError;
    return same ? [] : [`${text} -> OTP ${show("terms" in answer ? answer.terms : "error")}, we ${show(ours)}`];
  });
}

function show(result: Term | EnitError | string): string {
  if (typeof result === "string") return result;
  return result instanceof EnitError ? result.message : printTerm(result, { width: 0 });
}

describe.each(oracles.map((erl) => [erl.otp.major, erl] as const))("OTP %d", (otp, erl) => {
  const cases = readCases("texts.txt");

  test("parseTerms() reads the collected texts as file:consult does", async () => {
    expect(cases.length).toBeGreaterThan(270);
    expect(await differences(erl, cases)).toEqual([]);
  });

  test("what reads texts for these tests gives what file:consult gives", async () => {
    const texts = encodeTerm(list(cases.map(binaryOf)));
    const file = dir.join("text");
    const verdicts = "[case A of {ok, Terms} -> Terms; _ -> refused end || A <- Answers]";
    const expressions = [
      `V = fun(Answers) -> ${verdicts} end`,
      `V(consult:strings(Input)) =:= V(consult:texts("${file}-${otp}", Input))`,
    ];
    expect(await erl.text(expressions.join(", "), texts)).toBe("true");
  });

  test("parseTerms() without a release accepts what this one accepts, unless a newer one reads it otherwise", async () => {
    const answers = await consult(erl, cases);
    const refused = cases.filter((text, i) => "terms" in (answers[i] as Consulted) && parse(text) instanceof EnitError);
    expect(refused.filter((text) => !text.startsWith('"""\n'))).toEqual([]);
  });

  test("parseTerms() names the line that file:consult names", async () => {
    const answers = await consult(erl, cases);
    const wrong = cases.filter((text, i) => {
      const answer = answers[i] as Consulted;
      const ours = parse(text, otp);
      return "line" in answer && answer.line > 0 && ours instanceof EnitError && ours.data["line"] !== answer.line;
    });
    expect(wrong).toEqual([]);
  });

  test("parseTerms() accepts and refuses every character in every place as OTP does", async () => {
    const codes = [...Array(0x180).keys(), 0x3a9, 0x2028, 0xd7ff, 0xe000, 0xfffd, 0xfffe, 0xffff, 0x1fffe, 0x10ffff];
    const places = ["_.", "a_.", '"_".', "$_.", "$\\_.", '"\\^_".', "'_'.", "1_.", "{a _}."];
    const texts = codes.flatMap((code) => places.map((place) => place.replace("_", () => String.fromCodePoint(code))));
    expect(await differences(erl, texts)).toEqual([]);
  });

  test("parseTerms() reads random tokens, changed texts and binary segments as OTP does", async () => {
    const texts = [...tokenTexts(otp, 2000), ...mutatedTexts(otp, 2000), ...segmentTexts(otp, 2000)];
    expect(await differences(erl, texts)).toEqual([]);
  });

  test("parseTerms() reads what OTP writes", async () => {
    const answers = await evaluateList(
      erl,
      `[{term_to_binary(T), [unicode:characters_to_binary(io_lib:format(F, [T])) || F <- ["~w.", "~tw.", "~p.", "~tp."]]}
        || T <- terms:generate(literal, ${otp}, 800)]`,
    );
    const wrong = answers.flatMap((answer) => {
      const [term, texts] = tupleOf(answer);
      const expected = decodeTerm(bytesOf(term));
      const written = texts?.kind === "list" ? texts.elements.map(textOf) : [];
      expect(written.length).toBe(4);
      return written.filter((text) => !equalTerms(parseTerm(text, { otp }), expected));
    });
    expect(answers.length).toBe(800);
    expect(wrong).toEqual([]);
  });

  test("parseTerms() reads every term file of the installation as file:consult does", async () => {
    const glob = new Bun.Glob("{lib,releases,bin}/**/*.{app,appup,config,rel,script}");
    const files = [...glob.scanSync({ cwd: erl.otp.root, absolute: true, followSymlinks: true })];
    expect(files.length).toBeGreaterThan(50);
    const answers = await evaluateList(
      erl,
      "consult:files(Input)",
      encodeTerm(list(files.map((file) => string(file)))),
    );
    const wrong: string[] = [];
    for (const [i, file] of files.entries()) {
      const answer = consulted(answers[i] as Term);
      const ours = parse(decodeTermText(await Bun.file(file).bytes(), file), otp);
      const same =
        "terms" in answer ? !(ours instanceof EnitError) && equalTerms(ours, answer.terms) : ours instanceof EnitError;
      if (!same) wrong.push(file);
    }
    expect(wrong).toEqual([]);
  });
});

describe("errors", () => {
  const errorOf = (text: string, file?: string): EnitError => {
    try {
      parseTerms(text, file === undefined ? {} : { file });
    } catch (error) {
      if (error instanceof EnitError) return error;
      throw error;
    }
    throw new Error(`accepted: ${text}`);
  };

  test.each([
    ["{a, b c}.", 1, 7, 'expected "," or "}", found the atom c'],
    ["{ä, ħ}.", 1, 5, "the character ħ may stand in quotes only"],
    ['["😀", @].', 1, 7, 'expected a term, found "@"'],
    ["a.\n{b,\n c", 3, 3, 'expected "," or "}", found the end of the text'],
    ["{a, b}\n\n% no dot\n", 1, 7, "expected the final dot, found the end of the text"],
    ["#{a := 1}.", 1, 5, 'expected "=>", found ":="'],
    ["[1, begin].", 1, 5, "expected a term, found the reserved word begin"],
    ["[A].", 1, 2, "expected a term, found the variable A"],
    ["{x,\n  'never ends}.", 2, 3, "the closing ' of the atom that begins here is missing"],
    ["<<1, 2:8/foo>>.", 1, 6, "foo is no type of a segment; there are integer, float"],
    ["<<1:7, x>>.", 1, 8, "expected a number, a string or a binary inside a binary"],
    ["fun m:f/300.", 1, 9, "expected an arity from 0 to 255, found the integer 300"],
    ["12abc.", 1, 1, "the number goes on with a letter"],
    ['"\\x{110000}".', 1, 2, 'a Unicode character is missing after "\\x"'],
    [`${"a".repeat(256)}.`, 1, 1, "the atom is longer than 255 characters"],
  ])("%j is refused at line %d, column %d", (text, line, column, state) => {
    const error = errorOf(text);
    expect(error.code).toBe("term_syntax");
    expect(error.kind).toBe("input");
    expect(error.data).toEqual({ line, column });
    expect(error.message).toStartWith(`cannot read term at ${line}:${column}: ${state}`);
  });

  test("an error names the file", () => {
    const error = errorOf("{a,\nb;", "/etc/x.config");
    expect(error.message).toBe('cannot read "/etc/x.config:2:2": expected "," or "}", found ";"');
    expect(error.data).toEqual({ file: "/etc/x.config", line: 2, column: 2 });
  });

  test("parseTerm() takes one term, with or without its dot, and nothing after it", () => {
    expect(printTerm(parseTerm("{a, 1}"))).toBe("{a,1}");
    expect(printTerm(parseTerm(" {a, 1}. % end"))).toBe("{a,1}");
    expect(() => parseTerm("a. b.")).toThrow("cannot read term at 1:4: expected the end of the text, found the atom b");
    expect(() => parseTerm("")).toThrow("cannot read term at 1:1: expected a term, found the end of the text");
  });

  test.each(["(", "[", "{", "#{", "<<(", "-(", "[a|", "#{a=>", "<<1:("])(
    "%j a hundred thousand times is an error",
    (open) => {
      const error = errorOf(open.repeat(100_000));
      expect(["term_limit", "term_syntax"]).toContain(error.code);
    },
  );

  test("a binary of a terabit and an integer of a megabyte are errors", () => {
    expect(errorOf("<<1:1000000000000>>.").message).toContain("would have more than 536870912 bits");
    expect(errorOf(`<<${"<<1:400000000>>/bits,".repeat(2)}1>>.`).message).toContain("would have more than");
    expect(errorOf(`${"9".repeat(1_500_000)}.`).message).toContain("takes more than 524288 bytes");
    expect(errorOf(`16#${"f".repeat(1_500_000)}.`).message).toContain("takes more than 524288 bytes");
  });
});

describe("positions", () => {
  test("positionOf() knows where each tuple, list, string and map begins", () => {
    const { terms, positionOf } = parseTerms('{a,\n  [{"ä", #{k => []}},\n   "s" "t"]}.\n[].', { file: "f" });
    const [outer, second] = terms;
    const inner = outer?.kind === "tuple" ? outer.elements[1] : undefined;
    const [pair, text] = inner?.kind === "list" ? inner.elements : [];
    const [name, map] = pair?.kind === "tuple" ? pair.elements : [];
    const empty = map?.kind === "map" ? map.entries[0]?.[1] : undefined;
    const places = [outer, inner, pair, name, map, empty, text, second].map((term) => term && positionOf(term));
    expect(places).toEqual([
      { file: "f", line: 1, column: 1 },
      { file: "f", line: 2, column: 3 },
      { file: "f", line: 2, column: 4 },
      { file: "f", line: 2, column: 5 },
      { file: "f", line: 2, column: 10 },
      { file: "f", line: 2, column: 17 },
      { file: "f", line: 3, column: 4 },
      { file: "f", line: 4, column: 1 },
    ]);
  });
});
