import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import {
  compareTerms,
  decodeTerm,
  encodeTerm,
  equalTerms,
  list,
  parseTerm,
  printTerm,
  sortNames,
  textValue,
  type Term,
} from "../../src/term/index.ts";
import { bytesOf, evaluateList, termOracles } from "./oracles.ts";

// The oracles may have to share their cores.
setDefaultTimeout(60_000);

const oracles = await termOracles();
afterAll(async () => {
  for (const erl of oracles) await erl[Symbol.asyncDispose]();
});

const hex = (term: Term) => Buffer.from(encodeTerm(term)).toString("hex");

describe.each(oracles.map((erl) => [erl.otp.major, erl] as const))("OTP %d", (otp, erl) => {
  test("compareTerms() sorts as lists:sort does", async () => {
    const [terms = [], sorted = []] = (
      await evaluateList(
        erl,
        `Ts = lists:flatmap(fun(S) -> terms:generate(data, S, 300) end, lists:seq(1, 5)), [term_to_binary(Ts), term_to_binary(lists:sort(Ts))]`,
      )
    ).map((bytes) => {
      const value = decodeTerm(bytesOf(bytes));
      return value.kind === "list" ? value.elements : [];
    });
    expect(terms.length).toBe(1500);
    expect(terms.toSorted(compareTerms).map(hex)).toEqual(sorted.map(hex));
  });

  test("sortNames() sorts names as lists:sort does atoms", async () => {
    const sorted = async (names: readonly string[]): Promise<string[]> => {
      const atoms = names.map((name) => `'${name}'`).join(",");
      return (await evaluateList(erl, `lists:sort([${atoms}])`)).map((name) => textValue(name) ?? "");
    };
    for (const names of [
      ["b", "a", "aa", "a_", "aB", "a1", "", "\u00e9", "z"],
      ["\u{1f600}", "\uffee", "\ud7ff", "a"],
    ]) {
      expect(sortNames(names)).toEqual(await sorted(names));
    }
  });

  test("compareTerms() and equalTerms() agree with <, == and =:= on every pair", async () => {
    const [terms] = await evaluateList(
      erl,
      `[lists:sublist(lists:flatmap(fun(S) -> terms:generate(data, S, 40) end, [${otp}, 2]), 70) ++ [
        0, 0.0, 1, 1.0, -1, -1.0, 9007199254740993, 9007199254740992.0, 1 bsl 70, math:pow(2, 70), [], [[]], [1], [1 | 2], [1, 2], "",
        {}, {a}, {a, b}, {1}, {1.0}, #{}, #{1 => a}, #{1.0 => a}, #{1 => 1}, #{1 => 1.0}, #{a => 1, b => 2}, #{a => 1, c => 0},
        <<>>, <<1>>, <<1:1>>, <<2:2>>, <<255>>, <<255:9>>, a, aa, b, 'å', '\\x{10000}', '\\x{fffd}', fun a:b/1, fun a:b/2, fun b:a/1]]`,
    );
    const elements = terms?.kind === "list" ? terms.elements : [];
    expect(elements.length).toBe(113);
    const [answer] = await evaluateList(
      erl,
      "[<< <<(if A < B -> $<; A > B -> $>; A =:= B -> $=; true -> $~ end)>> || A <- Input, B <- Input >>]",
      encodeTerm(list(elements)),
    );
    const relations = Buffer.from(bytesOf(answer)).toString();
    const wrong = elements.flatMap((a, i) =>
      elements.flatMap((b, j) => {
        const theirs = relations[i * elements.length + j];
        const order = compareTerms(a, b);
        const ours = order < 0 ? "<" : order > 0 ? ">" : equalTerms(a, b) ? "=" : "~";
        return ours === theirs ? [] : [`${printTerm(a)} ${printTerm(b)}: OTP ${theirs}, we ${ours}`];
      }),
    );
    expect(relations.length).toBe(113 * 113);
    expect(wrong).toEqual([]);
  });
});

test("equalTerms() looks at the entries of a map, not at their order", () => {
  const read = (text: string) => parseTerm(text);
  expect(equalTerms(read("#{a => 1, b => {2}}"), read("#{b => {2}, a => 1}"))).toBe(true);
  expect(equalTerms(read("#{a => 1, b => {2}}"), read("#{b => {2}, a => 1.0}"))).toBe(false);
});

test("equalTerms() tells 0.0 from -0.0, as OTP 27 and later do", () => {
  expect(equalTerms(parseTerm("[0.0]"), parseTerm("[-0.0]"))).toBe(false);
  expect(compareTerms(parseTerm("[0.0]"), parseTerm("[-0.0]"))).toBe(0);
});
