import { mkdirSync, symlinkSync } from "node:fs";
import { expect, test } from "bun:test";
import fc from "fast-check";
import { EnitError } from "../../src/error/index.ts";
import {
  type MergedConfig,
  configKey,
  configSection,
  toConfigTable,
  toSysConfig,
  withConfigValue,
} from "../../src/release/index.ts";
import { type ConfigFile, readConfigFile } from "../../src/release/config-file.ts";
import { mergeConfigFiles, readCascade } from "../../src/release/cascade.ts";
import { type Term, atom, equalTerms, integer, parseTerm } from "../../src/term/index.ts";
import { failure } from "../support/failure.ts";
import { COOKIE, RELEX, type TestHost, testHost } from "./test-host.ts";

function valueOf(config: MergedConfig, application: string, key: string): Term | undefined {
  return configKey(config, application, key)?.value;
}

function relexHost(files: Readonly<Record<string, string>>): Promise<TestHost> {
  return testHost({ "lib/relex/release.enit": RELEX, "etc/relex/zz.config": COOKIE, ...files });
}

test("the cascade reads the definition directory first, each directory in alphabetical order", async () => {
  using host = await relexHost({
    "lib/relex/b.config": "{a, [{k, 2}]}.",
    "lib/relex/a.config": "{a, [{k, 1}]}.",
    "lib/relex/B.config": "{a, [{k, 0}]}.",
    "etc/relex/a.config": "{a, [{k, 3}]}.",
    "lib/relex/.hidden.config": "{a, [{k, 9}]}.",
    "lib/relex/a.config.bak": "{a, [{k, 9}]}.",
    "lib/relex/deeper/a.config": "{a, [{k, 9}]}.",
  });
  const { config } = await host.load();
  const names = ["lib/relex/B.config", "lib/relex/a.config", "lib/relex/b.config", "etc/relex/a.config"];
  expect(config.files).toEqual([...names.map(host.path), host.path("etc/relex/zz.config")]);
  const key = configKey(config, "a", "k");
  expect(key?.value).toEqual(integer(3));
  expect(key?.overridden.map(({ value }) => value)).toEqual([integer(0), integer(1), integer(2)]);
  expect(key?.overridden.map(({ origin }) => origin)).toEqual(
    names.slice(0, 3).map((name) => ({ file: host.path(name), line: 1, column: 6 })),
  );
});

test("the cascade merges sections by key and replaces values as a whole", async () => {
  using host = await relexHost({
    "lib/relex/defaults.config": "{a, [{keep, 1}, {list, [{x, 1}, {y, 2}]}]}.\n{b, [{only, here}]}.",
    "etc/relex/user.config": "{a, [{list, [{x, 3}]}, {new, 2}]}.",
  });
  const { config } = await host.load();
  expect(config.sections.map(({ application }) => application)).toEqual(["a", "b", "node"]);
  expect(configSection(config, "a")?.keys.map(({ name }) => name)).toEqual(["keep", "list", "new"]);
  expect(valueOf(config, "a", "list")).toEqual(parseTerm("[{x,3}]"));
  expect(valueOf(config, "b", "only")).toEqual(atom("here"));
});

test("the cascade merges a section that stands twice in one file, the later keys winning", async () => {
  using host = await relexHost({ "lib/relex/a.config": "{a, [{k, 1}, {k, 2}, {l, 1}]}.\n{a, [{k, 3}]}." });
  const { config } = await host.load();
  expect(valueOf(config, "a", "k")).toEqual(integer(3));
  expect(valueOf(config, "a", "l")).toEqual(integer(1));
  expect(configSection(config, "a")?.origins).toMatchObject([{ line: 1 }, { line: 2 }]);
});

test("the cascade takes a file that is written as a sys.config", async () => {
  using host = await relexHost({ "lib/relex/a.config": "[{a, [{k, 1}]},\n {b, []}]." });
  const { config } = await host.load();
  expect(valueOf(config, "a", "k")).toEqual(integer(1));
  expect(configSection(config, "b")).toMatchObject({ keys: [], origins: [{ line: 2, column: 2 }] });
});

test("the cascade does without a host directory and without any file", async () => {
  using host = await testHost({ "lib/relex/release.enit": RELEX });
  const directory = host.path("lib/relex");
  expect(readCascade([directory, `${directory}/nowhere`], [])).toEqual({ sections: [], extensions: [], files: [] });
});

test("a config that does not parse is an error with its place", async () => {
  using host = await relexHost({ "lib/relex/a.config": "{a, [{k, 1}]}.\n{b, [}." });
  const error = await failure(host.load());
  const file = host.path("lib/relex/a.config");
  expect(error).toMatchObject({ code: "config_syntax", kind: "input", data: { file, line: 2, column: 6 } });
  expect(error.message).toStartWith(`cannot read "${file}:2:6": `);
});

test("the error of a config that does not parse never shows a cookie", async () => {
  const cookies = [
    "Monster",
    "monster cookie",
    '"a" monster',
    "$monster",
    "#monster",
    "1monster",
    "'monster",
    "mon.ster",
  ];
  for (const cookie of cookies) {
    using host = await relexHost({ "etc/relex/user.config": `{node, [{cookie, ${cookie}}]}.` });
    const error = await failure(host.load());
    expect(error).toMatchObject({ code: "config_syntax", data: { line: 1 } });
    const shown = JSON.stringify([error.message, error.hint, error.data, error.cause]);
    expect(shown.toLowerCase()).not.toContain("onster");
  }
});

test("the error of a config that does not parse says what was found instead", async () => {
  const cases = {
    "{a, [{k, Value}]}.": "expected a term, found a variable",
    "{a, [{k value}]}.": 'expected "," or "}", found an atom',
    "{a, [{k, end}]}.": "expected a term, found a reserved word",
    "{a, [{k, .": "expected a term, found the final dot",
    "{a, [{k,": "expected a term, found the end of the text",
    "{a, [{k, ]}.": 'expected a term, found "]"',
  };
  for (const [text, state] of Object.entries(cases)) {
    using host = await relexHost({ "etc/relex/user.config": text });
    expect((await failure(host.load())).message).toEndWith(`": ${state}`);
  }
});

test("a config that is no list of sections is an error with its place", async () => {
  const cases: [text: string, place: string, state: string][] = [
    ["hello.", "1:1", "it is no section"],
    ['"hello".', "1:1", "it is no section"],
    ["{a}.", "1:1", "it is no section"],
    ["\n{a, [], []}.", "2:1", "it is no section"],
    ["[{a, []}, b].", "1:1", "it is no section"],
    ['{"a", []}.', "1:1", "the name of a section must be an atom"],
    ["{a, b}.", "1:1", "the section a must hold a list"],
    ["{a, [{k, 1} | x]}.", "1:1", "the section a must hold a list"],
    ["{a, [k]}.", "1:5", "the section a holds what is no {KEY, VALUE}"],
    ["{a, [{k}]}.", "1:6", "the section a holds what is no {KEY, VALUE}"],
    ["{a, [{k, 1},\n {k, 1, 2}]}.", "2:2", "the section a holds what is no {KEY, VALUE}"],
    ['{a, [{"k", 1}]}.', "1:6", "a key of the section a must be an atom"],
    ["{extension, [x], []}.", "1:1", "the name of an extension must be an atom"],
    ["{extension, e, x}.", "1:1", "the properties of the extension e must be a list"],
    ["{extension, e, [x]}.", "1:16", "a property of an extension must be {KEY, VALUE}"],
    ["{extension, e, [{applications, x}]}.", "1:17", "applications must be a list"],
    [
      "{extension, e, [{applications, [{x, y}]}]}.",
      "1:33",
      "the type of x must be one of permanent, transient, temporary, load, none",
    ],
  ];
  for (const [text, place, state] of cases) {
    using host = await relexHost({ "lib/relex/a.config": text });
    const error = await failure(host.load());
    expect(error).toMatchObject({ code: "config_invalid", kind: "input" });
    expect(error.message).toBe(`cannot use "${host.path("lib/relex/a.config")}:${place}": ${state}`);
  }
});

test("a bare atom in a section is an error that says how to write it", async () => {
  using host = await relexHost({ "lib/relex/a.config": "{node, [hidden]}." });
  expect((await failure(host.load())).hint).toBe("Write {hidden, true}.");
});

test("a config that cannot be read is an error with its path", async () => {
  using host = await relexHost({});
  const file = host.path("lib/relex/a.config");
  mkdirSync(file);
  const directory = await failure(host.load());
  expect(directory).toMatchObject({ code: "unreadable", kind: "io", data: { path: file, reason: "EISDIR" } });
  expect(directory.message).toBe(`cannot read "${file}": it is a directory`);
});

test("a config that is a link to nowhere is an error, not an absent file", async () => {
  using host = await relexHost({});
  symlinkSync("nowhere", host.path("lib/relex/a.config"));
  expect(await failure(host.load())).toMatchObject({ code: "unreadable", data: { reason: "ENOENT" } });
});

test("extensions add their applications after those of the release, each once", async () => {
  using host = await relexHost({
    "etc/relex/a.config": `{extension, 'with-snmp', [{applications, [snmp, {sasl, "4.2"}, tools]}]}.
{extension, "with-ssl", [{applications, [tools, ssl]}]}.
{snmp, []}.`,
    "etc/relex/b.config": "{extension, 'with-snmp', [{applications, [{snmp, load}, eldap]}, {aplications, []}]}.",
  });
  const release = await host.load();
  expect(release.extensions).toEqual(["with-snmp", "with-ssl"]);
  expect(release.applications.map(({ name }) => name)).toEqual(["sasl", "snmp", "tools", "ssl", "eldap"]);
  expect(release.applications.every(({ vsn, type }) => vsn === undefined && type === undefined)).toBe(true);
  const [a, b, definition] = ["etc/relex/a.config", "etc/relex/b.config", "lib/relex/release.enit"].map(host.path);
  expect(release.warnings.map(({ code, message }) => [code, message])).toEqual([
    ["unknown_property", `${b}:1:66: "aplications" is no property of an extension`],
    ["application_twice", `${a}:1:49: sasl is in the release already, as ${definition}:1:48 says`],
    ["application_twice", `${b}:1:43: snmp is in the release already, as ${a}:1:42 says`],
  ]);
});

test("withConfigValue() is one more writer, stronger than the files", async () => {
  using host = await relexHost({ "lib/relex/a.config": "{a, [{k, 1}, {l, 2}]}." });
  const { config } = await host.load();
  const origin = { plugin: "vault" };
  const changed = withConfigValue(config, "a", "k", integer(5), origin);
  expect(configSection(changed, "a")?.keys.map(({ name }) => name)).toEqual(["k", "l"]);
  expect(configKey(changed, "a", "k")).toMatchObject({
    value: integer(5),
    origin,
    overridden: [{ value: integer(1) }],
  });
  const added = withConfigValue(changed, "b", "m", atom("x"), origin);
  expect(added.sections.map(({ application }) => application)).toEqual(["a", "node", "b"]);
  expect(valueOf(config, "a", "k")).toEqual(integer(1));
});

const name = fc.constantFrom("a", "b", "c");
const written = fc.record({
  application: name,
  keys: fc.array(fc.record({ name: fc.constantFrom("x", "y", "z"), value: fc.nat({ max: 9 }) }), { maxLength: 4 }),
});
const files = fc.array(fc.array(written, { maxLength: 4 }), { maxLength: 4 });
type Written = readonly { application: string; keys: readonly { name: string; value: number }[] }[];

function configFiles(contents: readonly Written[]): ConfigFile[] {
  return contents.map((sections, index) => {
    const origin = { file: `${index}.config`, line: 1, column: 1 };
    return {
      file: origin.file,
      extensions: [],
      sections: sections.map(({ application, keys }) => ({
        application,
        origin,
        keys: keys.map((key) => ({ name: key.name, value: integer(key.value), origin })),
      })),
    };
  });
}

test("merging gives every key the value of its last writer, and remembers all others", () => {
  fc.assert(
    fc.property(files, (contents) => {
      const expected = new Map<string, Term[]>();
      for (const { application, keys } of contents.flat()) {
        for (const key of keys) {
          const id = `${application}.${key.name}`;
          expected.set(id, [...(expected.get(id) ?? []), integer(key.value)]);
        }
      }
      const merged = mergeConfigFiles(configFiles(contents));
      const actual = merged.sections.flatMap(({ application, keys }) =>
        keys.map((key): [string, Term[]] => [
          `${application}.${key.name}`,
          [...key.overridden.map(({ value }) => value), key.value],
        ]),
      );
      expect(new Map(actual)).toEqual(expected);
      expect(actual).toHaveLength(expected.size);
    }),
  );
});

test("merging the same files twice over changes no value and no order", () => {
  fc.assert(
    fc.property(files, (contents) => {
      const once = toSysConfig(mergeConfigFiles(configFiles(contents)));
      const twice = toSysConfig(mergeConfigFiles(configFiles([...contents, ...contents])));
      expect(twice).toEqual(once);
    }),
  );
});

test("merging in two steps is merging in one", () => {
  fc.assert(
    fc.property(files, files, (first, second) => {
      const all = toConfigTable(mergeConfigFiles(configFiles([...first, ...second])));
      const halves = [first, second].map((contents) => toConfigTable(mergeConfigFiles(configFiles(contents))));
      for (const [application, keys] of all) {
        for (const [key, value] of keys) {
          const [before, after] = halves.map((half) => half.get(application)?.get(key));
          const expected = after ?? before;
          expect(expected !== undefined && equalTerms(value, expected)).toBe(true);
        }
      }
    }),
  );
});

test("readConfigFile() gives sections or an error of its own for any text", async () => {
  using host = await testHost({});
  const token = fc.constantFrom("{", "}", "[", "]", ",", ".\n", "a", '"s"', "1", "extension", "applications", "{a,[]}");
  fc.assert(
    fc.property(fc.array(token, { maxLength: 12 }), (tokens) => {
      const file = host.write("lib/any.config", tokens.join(" "));
      try {
        expect(readConfigFile(file, [])?.file).toBe(file);
      } catch (error) {
        expect(error).toBeInstanceOf(EnitError);
        expect(String(error instanceof EnitError && error.code)).toMatch(/^config_(syntax|invalid)$/);
      }
    }),
  );
});
