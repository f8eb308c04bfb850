import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EnitError } from "../../src/error/index.ts";
import {
  type JsonValue,
  decodeTerm,
  equalTerms,
  jsonToTerm,
  parseTerm,
  printTerm,
  termToJson,
} from "../../src/term/index.ts";
import { bytesOf, evaluateList, termOracles } from "./oracles.ts";

// The oracles may have to share their cores.
setDefaultTimeout(60_000);

const oracles = await termOracles();
afterAll(async () => {
  for (const erl of oracles) await erl[Symbol.asyncDispose]();
});

const parseJson = (text: string) => JSON.parse(text) as JsonValue;

/** The table of docs/term-json.md: a term, and its JSON. */
function documented(): readonly (readonly [string, string])[] {
  const page = readFileSync(join(import.meta.dir, "..", "..", "docs", "term-json.md"), "utf8");
  const rows = [...page.matchAll(/^\| `(.+?)` \| `(.+?)` \|$/gm)];
  return rows.map(([, term = "", json = ""]) => [term.replaceAll("\\|", "|"), json]);
}

describe("docs/term-json.md", () => {
  test("has its table", () => {
    expect(documented().length).toBe(19);
  });

  test.each(documented())("%s is %s", (text, json) => {
    const term = parseTerm(text);
    expect(termToJson(term)).toEqual(parseJson(json));
    expect(equalTerms(jsonToTerm(parseJson(json)), term)).toBe(true);
  });
});

describe.each(oracles.map((erl) => [erl.otp.major, erl] as const))("OTP %d", (otp, erl) => {
  test("every term comes back from JSON text as it was", async () => {
    const written = await evaluateList(erl, `[term_to_binary(T) || T <- terms:generate(all, ${otp + 20}, 2000)]`);
    const wrong = written
      .map((bytes) => decodeTerm(bytesOf(bytes)))
      .filter((term) => !equalTerms(jsonToTerm(parseJson(JSON.stringify(termToJson(term)))), term));
    expect(wrong.map((term) => printTerm(term))).toEqual([]);
  });
});

test("reading takes other forms of the same terms", () => {
  const read = (text: string) => printTerm(jsonToTerm(parseJson(text)), { format: "w" });
  expect(read('[97, 98, "", []]')).toBe("[97,98,[],[]]");
  expect(read('{"integer": "5"}')).toBe("5");
  expect(read('{"float": 1.5}')).toBe("1.5");
  expect(read('{"float": -0.0}')).toBe("0.0");
  expect(read('{"atom": "true"}')).toBe("true");
  expect(read('{"base64": "YQ==", "lastBits": 8}')).toBe("<<97>>");
  expect(read('{"list": [1], "tail": [2]}')).toBe("[1,2]");
  expect(read("1.0")).toBe("1");
});

test.each<[string, string, string]>([
  ["{}", "", "an object is a tagged term"],
  ['{"a": 1}', "", "an object is a tagged term"],
  ['[1, {"tuple": [{"atom": 5}]}]', "/1/tuple/0/atom", "expected a string"],
  [`{"atom": "${"a".repeat(256)}"}`, "/atom", "an atom has at most 255 characters"],
  ['{"atom": "\\ud800"}', "/atom", "expected a string"],
  ['"\\ud800"', "", "the string holds half of a surrogate pair"],
  ["12345678901234567890", "", "the integer has lost digits as a number"],
  ["1e999", "", "the number is too large for a float"],
  ['{"integer": "1.5"}', "/integer", "expected the digits of an integer"],
  [`{"integer": "${"9".repeat(2_000_000)}"}`, "/integer", "the integer takes more than 524288 bytes"],
  ['{"float": "1"}', "/float", 'expected a number, or "-0.0"'],
  ['{"tuple": 1}', "/tuple", "expected an array"],
  ['{"map": [[1]]}', "/map/0", "expected an array of a key and a value"],
  ['{"map": [[1, 2], [{"integer": "1"}, 2]]}', "/map", "a key stands twice in the map"],
  ['{"list": [], "tail": 1}', "/list", "a list with a tail has an element before it"],
  ['{"base64": "a"}', "/base64", "expected bytes in base64"],
  ['{"base64": "", "lastBits": 3}', "/lastBits", "the last of 0 bytes cannot have 3 bits"],
  ['{"base64": "YQ==", "lastBits": 9}', "/lastBits", "expected an integer from 0 to 8"],
  ['{"pid": {"node": "n"}}', "/pid", "expected an object with the keys node, id, serial, creation"],
  [
    '{"pid": {"node": "n", "id": -1, "serial": 0, "creation": 0}}',
    "/pid/id",
    "expected an integer from 0 to 4294967295",
  ],
  [
    '{"port": {"node": "n", "id": {"integer": "18446744073709551616"}, "creation": 0}}',
    "/port/id",
    "expected an integer of 64 bits",
  ],
  ['{"reference": {"node": "n", "words": [], "creation": 0}}', "/reference/words", "expected 1 to 5 words"],
  ['{"fun": {"module": "m", "function": "f", "arity": 256}}', "/fun/arity", "expected an integer from 0 to 255"],
  ['{"fun": {"module": "m"}}', "/fun", "expected an object with the keys module, arity, index"],
])("%s is refused", (text, path, state) => {
  let thrown: unknown;
  try {
    jsonToTerm(parseJson(text));
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(EnitError);
  expect(thrown).toMatchObject({ code: "term_json", kind: "input", data: { path } });
  expect((thrown as EnitError).message).toStartWith(`cannot read JSON as a term at "${path}": ${state}`);
});

test("JSON nested too deep is refused", () => {
  let json: JsonValue = 1;
  for (let i = 0; i < 100_000; i++) json = [json];
  expect(() => jsonToTerm(json)).toThrow("nested deeper than 2000 levels");
});
