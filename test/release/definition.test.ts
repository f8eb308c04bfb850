import { expect, test } from "bun:test";
import { failure } from "../support/failure.ts";
import { COOKIE, type TestHost, testHost } from "./test-host.ts";

function relexHost(definition: string): Promise<TestHost> {
  return testHost({ "lib/relex/release.enit": definition, "etc/relex/user.config": COOKIE });
}

test("a release.enit gives version and applications, each in four forms", async () => {
  using host = await relexHost(`%% a comment
{release, relex, [
  {vsn, "1.0"},
  {applications, [sasl, {tools, "3.5"}, {mnesia, load}, {ssl, "10.9", temporary}]}
]}.`);
  const release = await host.load();
  const file = host.path("lib/relex/release.enit");
  expect(release).toMatchObject({ name: "relex", version: "1.0", extensions: [], warnings: [] });
  expect(release.applications).toEqual([
    { name: "sasl", position: { file, line: 4, column: 18 } },
    { name: "tools", vsn: "3.5", position: { file, line: 4, column: 25 } },
    { name: "mnesia", type: "load", position: { file, line: 4, column: 41 } },
    { name: "ssl", vsn: "10.9", type: "temporary", position: { file, line: 4, column: 57 } },
  ]);
});

test("a release.enit may write name and version as binaries, and have no applications", async () => {
  using host = await relexHost('{release, "relex", [{vsn, <<"2">>}]}.');
  expect(await host.load()).toMatchObject({ version: "2", applications: [] });
});

test("a release.enit that does not parse is an error with its place", async () => {
  using host = await relexHost('{release, relex,\n [{vsn, "1.0"}}.');
  const error = await failure(host.load());
  const file = host.path("lib/relex/release.enit");
  expect(error).toMatchObject({ code: "definition_syntax", kind: "input", data: { file, line: 2, column: 15 } });
  expect(error.message).toStartWith(`cannot read "${file}:2:15": `);
});

test("a release.enit that is none is an error with place and state", async () => {
  const cases: [text: string, place: string, state: string][] = [
    ["", "1:1", "it is no release"],
    ["{release, relex}.", "1:1", "it is no release"],
    ["relex.", "1:1", "it is no release"],
    ['\n [{release, relex, [{vsn, "1"}]}].', "2:2", "it is no release"],
    ['{release, relex, [{vsn, "1"}]}.\n{release, x, []}.', "2:1", "another term follows the release"],
    ["{release, [relex], []}.", "1:1", "the name of the release must be an atom"],
    ["{release, relex, x}.", "1:1", "the properties of the release must be a list"],
    ['{release, relex, [{vsn, "1"} | x]}.', "1:18", "the properties of the release must be a list"],
    ["{release, relex, [vsn]}.", "1:18", "a property of a release must be {KEY, VALUE}"],
    ["{release, relex, [{1, 2}]}.", "1:19", "a property of a release must be {KEY, VALUE}"],
    ["{release, relex, []}.", "1:1", "the release has no vsn"],
    ["{release, relex, [{vsn, one}]}.", "1:19", "vsn must be a string that is not empty"],
    ['{release, relex, [{vsn, ""}]}.', "1:19", "vsn must be a string that is not empty"],
    ['{release, relex, [{vsn, "../1"}]}.', "1:19", "vsn must be fit to be the name of a directory"],
    ['{release, relex, [{vsn, "a/b"}]}.', "1:19", "vsn must be fit to be the name of a directory"],
    ['{release, relex, [{vsn, "1"}, {vsn, "2"}]}.', "1:31", "the property vsn stands twice"],
    ['{release, relex, [{vsn, "1"}, {applications, x}]}.', "1:31", "applications must be a list"],
    [
      '{release, relex, [{vsn, "1"}, {applications, ["sasl"]}]}.',
      "1:47",
      "an application must be APP, {APP, VERSION}, {APP, TYPE} or {APP, VERSION, TYPE}",
    ],
    [
      '{release, relex, [{vsn, "1"}, {applications, [{"sasl", "1"}]}]}.',
      "1:47",
      "the name of an application must be an atom",
    ],
    [
      '{release, relex, [{vsn, "1"}, {applications, [{sasl, always}]}]}.',
      "1:47",
      "the type of sasl must be one of permanent, transient, temporary, load, none",
    ],
    [
      '{release, relex, [{vsn, "1"}, {applications, [{sasl, "1", 2}]}]}.',
      "1:47",
      "the type of sasl must be one of permanent, transient, temporary, load, none",
    ],
    [
      '{release, relex, [{vsn, "1"}, {applications, [{sasl, 1}]}]}.',
      "1:47",
      "the version of sasl must be a string that is not empty",
    ],
    [
      '{release, relex, [{vsn, "1"}, {applications, [{sasl, load, load}]}]}.',
      "1:47",
      "the version of sasl must be a string that is not empty",
    ],
  ];
  for (const [text, place, state] of cases) {
    using host = await relexHost(text);
    const error = await failure(host.load());
    expect(error).toMatchObject({ code: "definition_invalid", kind: "input" });
    expect(error.message).toBe(`cannot use "${host.path("lib/relex/release.enit")}:${place}": ${state}`);
  }
});

test("a release.enit must be named as its directory is", async () => {
  using host = await relexHost('{release, billing, [{vsn, "1"}]}.');
  const error = await failure(host.load());
  expect(error.code).toBe("definition_invalid");
  expect(error.message).toEndWith('the release is named "billing" and its directory "relex"');
});

test("an unknown property of a release is a warning with the nearest known one", async () => {
  using host = await relexHost('{release, relex, [{vsn, "1"},\n  {aplications, [sasl]}]}.');
  expect((await host.load()).warnings).toEqual([
    {
      code: "unknown_property",
      message: `${host.path("lib/relex/release.enit")}:2:3: "aplications" is no property of a release`,
      hint: 'Did you mean "applications"?',
      position: { file: host.path("lib/relex/release.enit"), line: 2, column: 3 },
    },
  ]);
});
