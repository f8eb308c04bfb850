import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { findApplications, findAppupScript, findOtp, readAppupIfAny } from "../../src/otp/index.ts";
import { atom, decodeTerm, encodeTerm, equalTerms, list, string, tuple } from "../../src/term/index.ts";
import { type Oracle, oracle, otpInstallations } from "../support/otp.ts";
import { tempDir } from "../support/temp-dir.ts";
import { refusal } from "./support.ts";

const indexes = otpInstallations().map(({ root }) => findApplications({ libDirs: [findOtp({ root }).libDir] }));

for (const installation of otpInstallations()) {
  describe(`findAppupScript() for OTP ${installation.major}`, () => {
    let vm: Oracle;
    const index = findApplications({ libDirs: [findOtp({ root: installation.root }).libDir] });

    beforeAll(async () => {
      vm = await oracle(installation);
    });

    afterAll(() => vm[Symbol.asyncDispose]());

    test("finds in each installed appup what OTP finds, for versions that were and others", async () => {
      let [appups, found] = [0, 0];
      for (const name of index.names()) {
        const appup = readAppupIfAny(`${index.find(name)?.ebinDir}/${name}.appup`);
        if (appup === undefined) continue;
        appups += 1;
        const vsns = likelyVersions(name);
        for (const direction of ["up", "down"] as const) {
          const ours = vsns.map((vsn) => {
            const script = findAppupScript(appup, direction, vsn, installation.major);
            return script === undefined ? atom("error") : tuple(atom("ok"), list(script.instructions));
          });
          const question =
            "{Vsns, Entries} = Input, [systools_relup:appup_search_for_version(V, Entries) || V <- Vsns]";
          const input = encodeTerm(tuple(list(vsns.map(string)), list(appup[direction])));
          expect(equalTerms(list(ours), decodeTerm(await vm.evaluate(question, input)))).toBe(true);
          found += ours.filter((each) => each.kind === "tuple").length;
        }
      }
      expect(appups).toBeGreaterThan(20);
      expect(found).toBeGreaterThan(200);
    });

    const expressions = [
      "1",
      "1.0",
      "1|1.0",
      "1.0|1",
      "^1\\.[0-9]+$",
      ".*",
      "1.*?",
      "(1)(.0)",
      "",
      "1\\.0\n?",
      "[[:digit:]].0",
    ];
    test.each(expressions)("matches /%s/ wholly or not at all", async (expression) => {
      using dir = tempDir();
      const written = JSON.stringify(expression);
      const file = dir.write("a.appup", `{"2", [{<<${written}>>, [yes]}], []}.\n`);
      const appup = readAppupIfAny(file);
      if (appup === undefined) throw new Error("there is no appup");
      for (const vsn of ["1", "1.0", "11.0", "1.0.1", "1.00", "", "1\n", "2"]) {
        const theirs = await vm.text(
          `systools_relup:appup_search_for_version(${JSON.stringify(vsn)}, [{<<${written}>>, [yes]}])`,
        );
        const ours = findAppupScript(appup, "up", vsn, installation.major);
        expect({ vsn, found: ours !== undefined }).toEqual({ vsn, found: theirs === "{ok,[yes]}" });
      }
    });
  });
}

describe("an appup", () => {
  test("that is not there is nothing", () => {
    using dir = tempDir();
    expect(readAppupIfAny(dir.join("a.appup"))).toBeUndefined();
  });

  test("says where its instructions stand", () => {
    using dir = tempDir();
    const file = dir.write("a.appup", '{"2",\n [{"1", [restart_emulator,\n    {load_module, m}]}],\n []}.\n');
    const appup = readAppupIfAny(file);
    const script = appup && findAppupScript(appup, "up", "1", 25);
    expect(script?.instructions.map((each) => script.positionOf(each))).toMatchObject([
      { line: 2, column: 9 },
      { line: 3, column: 5 },
    ]);
  });

  test.each([
    ["{2, [], []", "term_syntax", { line: 1, column: 11 }],
    ['{"2", []}.', "appup_malformed", { line: 1, column: 1 }],
    ['{"2", [], x}.', "appup_malformed", { line: 1, column: 1 }],
    ["% nothing", "appup_malformed", {}],
  ])("that reads %s is refused with its place", (text, code, place) => {
    using dir = tempDir();
    const file = dir.write("a.appup", `${text}\n`);
    const error = refusal(() => readAppupIfAny(file));
    expect({ code: error.code, kind: error.kind, data: error.data }).toEqual({
      code,
      kind: "input",
      data: { file, ...place },
    });
  });

  test.each([
    ['{"1", go}', "appup_malformed"],
    ['{<<"(">>, []}', "regexp_invalid"],
    ['{<<"(?>1)">>, []}', "regexp_unsupported"],
    ["{<<255>>, []}", "appup_malformed"],
  ])("with the entry %s is refused where it is looked for", (entry, code) => {
    using dir = tempDir();
    const file = dir.write("a.appup", `{"2", [{"0", []},\n  ${entry}], []}.\n`);
    const appup = readAppupIfAny(file);
    if (appup === undefined) throw new Error("there is no appup");
    expect(findAppupScript(appup, "up", "0", 25)?.instructions).toEqual([]);
    const error = refusal(() => findAppupScript(appup, "up", "1", 25));
    expect({ code: error.code, data: error.data }).toMatchObject({ code, data: { file, line: 2, column: 3 } });
  });
});

/** The versions of an application in each OTP at hand, some near them, and some that never were. */
function likelyVersions(name: string): string[] {
  const installed = indexes.flatMap((index) => index.find(name)?.vsn ?? []);
  const near = installed.flatMap((vsn) => [
    vsn,
    `${vsn}.1`,
    `${vsn}.1.2`,
    vsn.replace(/\.\d+$/, ""),
    `${vsn}-rc1`,
    `x${vsn}`,
  ]);
  const majors = installed.map((vsn) => Number(vsn.split(".")[0]));
  const between = majors.flatMap((major) => [0, 1, 2, 3, 9, 10].map((minor) => `${Math.max(major - 1, 0)}.${minor}`));
  return [...new Set([...near, ...between, "", "0", "1", "4.3.2", "99.0"])];
}
