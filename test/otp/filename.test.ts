import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { absolutePath, directoryOf, joinPath, splitPath } from "../../src/otp/filename.ts";
import { decodeTerm, encodeTerm, list, listElements, string, stringValue } from "../../src/term/index.ts";
import { type Oracle, oracle, systemOtp } from "../support/otp.ts";

const PIECES = [
  "",
  "/",
  ".",
  "..",
  "a",
  "./",
  "//",
  "a/",
  "/a",
  "a//b",
  "./a",
  "a/.",
  "/./",
  "$ROOT",
  "ä",
  "a/./b/",
  "/a/../b",
];
const PAIRS = PIECES.flatMap((first) => PIECES.map((second) => [first, second] as const));

let vm: Oracle;

beforeAll(async () => {
  vm = await oracle(systemOtp());
});

afterAll(() => vm[Symbol.asyncDispose]());

describe("file names", () => {
  test("are joined as filename:join/2 joins them", async () => {
    const input = list(PAIRS.map((pair) => list(pair.map(string))));
    expect(PAIRS.map((pair) => joinPath(...pair))).toEqual(await strings("filename:join(X)", input));
  });

  test("are made absolute as filename:absname/2 does", async () => {
    const input = list(PIECES.map(string));
    expect(PIECES.map((path) => absolutePath(path, "/w/x"))).toEqual(
      await strings('filename:absname(X, "/w/x")', input),
    );
  });

  test("have the directory that filename:dirname/1 gives them", async () => {
    const paths = ["a", "/a", "a/b", "a//b", "/a//b.app", "./a", "/", "a/", "/a/b/", "//a", "", "."];
    expect(paths.map(directoryOf)).toEqual(await strings("filename:dirname(X)", list(paths.map(string))));
  });

  test("are split as filename:split/1 splits them", async () => {
    const input = list(PIECES.map(string));
    const joined = await strings('lists:flatten(lists:join("|", filename:split(X)))', input);
    expect(PIECES.map((path) => splitPath(path).join("|"))).toEqual(joined);
  });
});

async function strings(expression: string, input: ReturnType<typeof list>): Promise<string[]> {
  const answer = decodeTerm(await vm.evaluate(`[${expression} || X <- Input]`, encodeTerm(input)));
  return (listElements(answer) ?? []).map((each) => stringValue(each) ?? "no string");
}
