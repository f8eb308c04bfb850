import { describe, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { mergeConfigFiles } from "../../../src/release/cascade.ts";
import { readShippedConfig } from "../../../src/release/packaged/shipped-config.ts";
import { toSysConfig } from "../../../src/release/index.ts";
import { type ListTerm, parseTerm, printTerm, type Term } from "../../../src/term/index.ts";
import { otpInstallations } from "../../support/otp.ts";
import { tempDir } from "../../support/temp-dir.ts";

/** What stands in the directory of the release, and in the directory that the VM runs in. */
const FILES = {
  "releases/1/sys.config": `[
    {kernel, [{mine, 1}, {first, a}]}, "beside", {stdlib, [{mine, x}, {other, "text"}]},
    "etc/beside.config", "elsewhere", {kernel, [{mine, 2}, {last, #{a => <<"b">>}}]}].`,
  "releases/1/beside.config": "[{kernel, [{mine, 3}, {first, b}]}, {stdlib, [{other, 1.0}]}].",
  "beside.config": "[{kernel, [{first, wrong}]}].",
  "releases/1/etc/beside.config": "[{kernel, [{first, c}, {second, [{x, 1}, {y, 2}]}]}].",
  "elsewhere.config": "%% in the root\n[{kernel, [{second, [{x, 2}]}, {found, root}]}].\n%% and a comment",
};

describe.each(otpInstallations())("OTP $major", (otp) => {
  test("reads a sys.config with included files as readShippedConfig() does", () => {
    using dir = tempDir();
    for (const [name, content] of Object.entries(FILES)) dir.write(name, content);
    mkdirSync(dir.join("home"));
    const print = `io:format("~0tp.~n", [[{A, application:get_all_env(A)} || A <- [kernel, stdlib]]]), halt().`;
    const run = Bun.spawnSync({
      cmd: [otp.erl, "-noshell", "-config", "releases/1/sys", "-eval", print],
      cwd: dir.path,
      env: { PATH: process.env["PATH"], HOME: dir.join("home") },
    });
    const given = new Map(
      sections(parseTerm(run.stdout.toString())).map(([application, keys]) => [application, new Map(keys)]),
    );
    const files = readShippedConfig(
      dir.join("releases/1/sys.config"),
      { root: dir.path, variables: { values: {} } },
      [],
    );
    const ours = sections(toSysConfig(mergeConfigFiles(files)));
    expect(ours.map(([application]) => application)).toEqual(["kernel", "stdlib"]);
    for (const [application, keys] of ours) {
      for (const [key, value] of keys) {
        expect([key, given.get(application)?.get(key)]).toEqual([key, value]);
      }
    }
    expect(ours.flatMap(([, keys]) => keys)).toHaveLength(7);
  });
});

/** The keys of each section, with the text of their values. */
function sections(config: Term): [application: string, keys: [key: string, value: string][]][] {
  return pairs(config).map(([application, keys]) => [
    application,
    pairs(keys).map(([key, value]) => [key, printTerm(value, { format: "w" })]),
  ]);
}

function pairs(term: Term): [name: string, value: Term][] {
  const elements = (term as ListTerm).elements;
  return elements.map((element) => {
    const [name, value] = (element as Extract<Term, { kind: "tuple" }>).elements as [Term, Term];
    return [printTerm(name, { format: "w" }), value];
  });
}
