import { expect, test } from "bun:test";
import fc from "fast-check";
import { formatSysConfig, tableOf, toConfigTable, toSysConfig } from "../../src/release/index.ts";
import { mergeConfigFiles } from "../../src/release/cascade.ts";
import {
  type Term,
  atom,
  binary,
  encodeTerm,
  float,
  integer,
  list,
  map,
  parseTerm,
  parseTerms,
  string,
  tuple,
} from "../../src/term/index.ts";
import { type Oracle, oracle, otpInstallations, systemOtp } from "../support/otp.ts";
import { tempDir } from "../support/temp-dir.ts";
import { COOKIE, RELEX, testHost } from "./test-host.ts";

const SECTIONS = `
{kernel, [{error_logger, silent}, {'Odd key', 'an atom'}, {inet_dist_use_interface, {127, 0, 0, 2}}]}.
{sasl, []}.
{'relex-app', [
  {text, "Grüße, 世界\\n\\t\\"quoted\\" \\e"}, {bytes, <<"caf\\303\\251", 255, 0:3>>}, {utf8, <<"世界"/utf8>>},
  {big, 123456789012345678901234567890}, {small, -0.0}, {float, 1.0e-300}, {one, 1.0},
  {map, #{a => 1, "b" => [c | d]}}, {atom, 'with \\'quote\\''}, {unicode, 'ä€'}, {function, fun lists:map/2},
  {nested, [{[], {}, <<>>, #{}}, "", [[]]]}, {bad_key_order, [z, y, x]}]}.
`;

test("toSysConfig() leaves out the section node and keeps the order of everything else", async () => {
  using host = await testHost({
    "lib/relex/release.enit": RELEX,
    "lib/relex/a.config": `{b, [{z, 1}, {a, 2}]}.\n${COOKIE}{a, []}.`,
    "etc/relex/b.config": "{b, [{z, 3}, {y, 4}]}.",
  });
  const { config } = await host.load();
  expect<Term>(toSysConfig(config)).toEqual(parseTerm("[{b, [{z, 3}, {a, 2}, {y, 4}]}, {a, []}]"));
  expect(formatSysConfig(config)).toBe("%% coding: utf-8\n[{b,[{z,3},{a,2},{y,4}]},{a,[]}].\n");
  expect(formatSysConfig(config)).not.toContain("monster");
});

test.each(otpInstallations())(
  "OTP $major boots with the sys.config and sees each value as it was written",
  async (otp) => {
    using host = await testHost({
      "lib/relex/release.enit": RELEX,
      "lib/relex/a.config": COOKIE + SECTIONS,
    });
    const { config } = await host.load();
    const file = host.write("lib/relex/sys.config", formatSysConfig(config));
    await using erl = await oracle(otp, { args: ["-config", file] });
    const seen = await erl.text(
      `{ok, Written} = file:consult(Bytes),
     Sections = [Section || {Name, _} = Section <- Written, Name =/= node],
     {ok, [Sections]} = file:consult(filename:join(filename:dirname(Bytes), "sys.config")),
     {ok, 'an atom'} = application:get_env(kernel, 'Odd key'),
     {ok, {127, 0, 0, 2}} = application:get_env(kernel, inet_dist_use_interface),
     ok = application:load({application, 'relex-app', [{env, []}]}),
     {_, Keys} = lists:keyfind('relex-app', 1, Sections),
     [Key || {Key, Value} <- Keys, application:get_env('relex-app', Key) =/= {ok, Value}]`,
      host.path("lib/relex/a.config"),
    );
    expect(seen).toBe("[]");
  },
);

const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 }).filter((text) => text.isWellFormed());
const { term } = fc.letrec<{ term: Term }>((tie) => ({
  term: fc.oneof(
    { maxDepth: 3 },
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(integer),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(float),
    name.map(atom),
    name.map(string),
    fc.uint8Array({ maxLength: 6 }).map(binary),
    fc.array(tie("term"), { maxLength: 4 }).map((elements) => list(elements)),
    fc.array(tie("term"), { maxLength: 4 }).map((elements) => tuple(...elements)),
    fc.tuple(name, tie("term")).map(([key, value]) => map([[atom(key), value]])),
  ),
}));
const sections = fc.array(
  fc.record({ application: name, keys: fc.array(fc.record({ name, value: term }), { maxLength: 4 }) }),
  { maxLength: 4 },
);

test("formatSysConfig() writes what file:consult/1 and we ourselves read as the same term", async () => {
  using dir = tempDir();
  await using erl = await oracle(systemOtp());
  await fc.assert(
    fc.asyncProperty(sections, async (written) => {
      const origin = { file: "a.config", line: 1, column: 1 };
      const config = mergeConfigFiles([
        {
          file: origin.file,
          extensions: [],
          sections: written.map(({ application, keys }) => ({
            application,
            origin,
            keys: keys.map((key) => ({ ...key, origin })),
          })),
        },
      ]);
      const text = formatSysConfig(config);
      expect(await consulted(erl, dir.write("sys.config", text), toSysConfig(config))).toBe("true");
      expect(tableOf(parseTerms(text).terms[0])).toEqual(toConfigTable(config));
    }),
    { numRuns: 100 },
  );
});

/** Whether `file:consult/1` reads one term from a file, exactly this one. */
function consulted(erl: Oracle, file: string, expected: Term): Promise<string> {
  const input = encodeTerm(tuple(string(file), expected));
  return erl.text("{File, Expected} = Input, {ok, [Read]} = file:consult(File), Read =:= Expected", input);
}

test("tableOf() reads pairs of pairs and nothing else", () => {
  const table = tableOf(parseTerm("[{a, [{k, 1}, {k, 2}]}, {b, []}, {a, []}]"));
  expect(table).toEqual(
    new Map([
      ["a", new Map([["k", integer(1)]])],
      ["b", new Map<string, Term>()],
    ]),
  );
  for (const text of ["a", "[a]", "[{a, b}]", "[{a, [b]}]", '[{"a", []}]', "[{a, [{k, 1} | x]}]", "[{a, [], []}]"]) {
    expect(tableOf(parseTerm(text))).toBeUndefined();
  }
  expect(tableOf(undefined)).toBeUndefined();
});
