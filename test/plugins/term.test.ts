import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { findJsonError } from "../../plugins/term/json-error.ts";
import { oracle, systemOtp } from "../support/otp.ts";
import { ENIT, runEnit } from "../support/run-enit.ts";
import { tempDir } from "../support/temp-dir.ts";

const TEXT = `%% two terms\n{release, 'relex-1', [{vsn, "1.0"}, 3.0, #{a => <<"x">>, b => []}]}.\n[1,\n2|three].\n`;

/** What enit writes to standard output, byte for byte. */
async function outputOf(args: readonly string[], input: Uint8Array | string = ""): Promise<Uint8Array> {
  const child = Bun.spawn([ENIT, ...args], { stdin: Buffer.from(input), stdout: "pipe", stderr: "inherit" });
  const output = await child.stdout.bytes();
  expect(await child.exited).toBe(0);
  return output;
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

describe("enit term", () => {
  test("converts text, external format and JSON into one another without loss", async () => {
    using dir = tempDir();
    const file = dir.write("relex.config", TEXT);
    const text = await outputOf(["term", file]);
    expect(textOf(text)).toBe(`{release,'relex-1',[{vsn,"1.0"},3.0,#{a => <<"x">>,b => []}]}.\n[1,2|three].\n`);
    const etf = await outputOf(["term", file, "--to", "etf"]);
    const json = await outputOf(["term", "--to", "json"], etf);
    expect(JSON.parse(textOf(json))).toHaveLength(2);
    expect(await outputOf(["term", "-", "--from", "json"], json)).toEqual(text);
    expect(await outputOf(["term", "--from=json", "--to=etf"], json)).toEqual(etf);
  });

  test("writes what OTP's binary_to_term and file:consult read", async () => {
    await using vm = await oracle(systemOtp());
    using dir = tempDir();
    const file = dir.write("relex.config", TEXT);
    const consult = "{ok, Terms} = file:consult(binary_to_list(Bytes)), Terms";
    const expected = await vm.text(consult, file);
    expect(await vm.text(consult, dir.write("again.config", await outputOf(["term", file])))).toBe(expected);
    const decode = `(fun Decode(<<>>) -> []; Decode(B) ->
      {Term, Used} = binary_to_term(B, [used]), <<_:Used/binary, Rest/binary>> = B, [Term | Decode(Rest)] end)(Bytes)`;
    expect(await vm.text(decode, await outputOf(["term", file, "--to", "etf"]))).toBe(expected);
  });

  test("reads the .app and .boot files of OTP as OTP does", async () => {
    await using vm = await oracle(systemOtp());
    using dir = tempDir();
    const boot = await vm.text(`filename:join([code:root_dir(), "bin", "start.boot"])`);
    const app = await vm.text(`code:where_is_file("stdlib.app")`);
    for (const file of [boot, app].map((path) => JSON.parse(path) as string)) {
      const copy = dir.write("copy.config", await outputOf(["term", file]));
      const isSame = await vm.text(
        `{ok, [Copy]} = file:consult("${copy}"), {ok, File} = file:read_file("${file}"),
        Copy =:= case File of <<131, _/binary>> -> binary_to_term(File);
          _ -> {ok, [Term]} = file:consult("${file}"), Term end`,
      );
      expect([file, isSame]).toEqual([file, "true"]);
    }
  });

  test("shows letters beyond latin1 as they are", async () => {
    expect(textOf(await outputOf(["term"], '{"日本", <<"é"/utf8>>, \'Ω\'}.'))).toBe('{"日本",<<"é"/utf8>>,\'Ω\'}.\n');
  });

  test("prints JSON documents with --json", async () => {
    const document = async (...args: string[]): Promise<unknown> =>
      JSON.parse((await runEnit(["term", "--json", ...args], { input: "ok. 1." })).stdout);
    expect(await document()).toEqual({ ok: true, data: { from: "text", count: 2, to: "text", output: "ok.\n1.\n" } });
    expect(await document("--to", "json")).toMatchObject({ data: { to: "json", output: [{ atom: "ok" }, 1] } });
    expect(await document("--to", "etf")).toMatchObject({ data: { to: "etf", output: "g3cCb2uDYQE=" } });
  });

  test("of no terms gives none", async () => {
    expect(textOf(await outputOf(["term"]))).toBe("");
    expect(textOf(await outputOf(["term", "--to", "json"], "% nothing"))).toBe("[]\n");
    expect(textOf(await outputOf(["term", "--from", "json"], "[]"))).toBe("");
  });

  test("shows where text does not parse", async () => {
    using dir = tempDir();
    const file = dir.write("bad.terms", "{a,\n  b c}.\n");
    expect(await runEnit(["term", file])).toEqual({
      stdout: "",
      stderr: `enit: cannot read "${file}:2:5": expected "," or "}", found the atom c\n2 |   b c}.\n        ^\n`,
      exitCode: 2,
    });
  });

  test("shows where JSON does not parse, and which value is no term", async () => {
    using dir = tempDir();
    const file = dir.write("bad.json", '[1,\n "a" 3]\n');
    expect(await runEnit(["term", file, "--from", "json"])).toEqual({
      stdout: "",
      stderr: `enit: cannot read "${file}:2:6": Expected ']'\n2 |  "a" 3]\n         ^\n`,
      exitCode: 2,
    });
    expect(await runEnit(["term", "--from", "json"], { input: '[1, {"atom": 2}]' })).toMatchObject({
      stderr: 'enit: cannot read JSON as a term at "/1/atom": expected a string\n',
      exitCode: 2,
    });
    expect(await runEnit(["term", "--from", "json"], { input: '"abc"' })).toMatchObject({
      stderr: 'enit: cannot read "standard input": it must be an array with one element for each term\n',
      exitCode: 2,
    });
  });

  test.each([
    ["ff", ["--from", "etf"], "the version byte 131 is missing"],
    ["", ["--from", "etf"], "1 more bytes are needed"],
    ["836b", [], "more bytes are needed"],
    ["83610183", [], "more bytes are needed"],
  ])("refuses the bytes %j", async (hex, args, state) => {
    const { stdout, stderr, exitCode } = await runEnit(["term", ...args], { input: Buffer.from(hex, "hex") });
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
    expect(stderr).toContain(state);
  });

  test("says why a file cannot be read", async () => {
    using dir = tempDir();
    expect(await runEnit(["term", dir.join("nothing")])).toEqual({
      stdout: "",
      stderr: `enit: cannot read "${dir.join("nothing")}": there is no such file or directory\n`,
      exitCode: 3,
    });
    expect(await runEnit(["term", dir.path])).toMatchObject({
      stderr: `enit: cannot read "${dir.path}": it is a directory\n`,
      exitCode: 3,
    });
  });
});

describe("findJsonError()", () => {
  test.each([
    ["", 1, 1],
    ["  ", 1, 3],
    ["[1,\n  2", 2, 4],
    ["[1 2]", 1, 4],
    ["[1,]", 1, 4],
    ["[01]", 1, 2],
    ["[1.]", 1, 2],
    ["[tru]", 1, 2],
    ["[truex]", 1, 2],
    ['{"a" 1}', 1, 6],
    ['{"a":1,}', 1, 8],
    ["{a:1}", 1, 2],
    ['{"a":1]', 1, 7],
    ["]", 1, 1],
    ["[1] 2", 1, 5],
    ['["a\tb"]', 1, 2],
    ['["\\x"]', 1, 2],
    ['["日本" "x"]', 1, 7],
    ["// x\n[]", 1, 1],
  ])("finds in %j line %i, column %i", (text, line, column) => {
    expect(isJson(text)).toBe(false);
    expect(findJsonError(text)).toEqual({ line, column });
  });

  test("finds a character that stands nowhere in JSON, or the string that it stands in", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), fc.nat(), (json, place) => {
        const at = place % (json.length + 1);
        const { line, column } = findJsonError(`${json.slice(0, at)}\u0001${json.slice(at)}`);
        const found = [...json].slice(0, column - 1).join("").length;
        expect(line).toBe(1);
        expect(found).toBeLessThanOrEqual(at);
        // From there to the character there is one token at most.
        expect(json.slice(found, at)).toMatch(/^(\s*|"(\\.|[^"\\])*\\?|[-+.\w]*)$/u);
      }),
    );
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
