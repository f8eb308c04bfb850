import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { utimesSync } from "node:fs";
import { relative } from "node:path";
import { expandSearchPath, findOtp } from "../../src/otp/index.ts";
import { type Oracle, oracle, otpInstallations } from "../support/otp.ts";
import { type TempDir, tempDir } from "../support/temp-dir.ts";
import {
  type ScriptRequest,
  appText,
  expectSame,
  expectSameRefusal,
  makeOurs,
  makeWithSystools,
  relText,
} from "./support.ts";

for (const installation of otpInstallations()) {
  describe(`makeScript() for OTP ${installation.major}`, () => {
    let vm: Oracle;
    const otp = findOtp({ root: installation.root });

    beforeAll(async () => {
      vm = await oracle(installation);
    });

    afterAll(() => vm[Symbol.asyncDispose]());

    const expectEqual = async (dir: TempDir, request: ScriptRequest) =>
      expectSame(makeOurs(otp, request), await makeWithSystools(vm, dir, request));
    const expectRefusal = async (dir: TempDir, request: ScriptRequest) =>
      expectSameRefusal(makeOurs(otp, request), await makeWithSystools(vm, dir, request));

    test("takes the version that the release names, wherever it stands on the path", async () => {
      using dir = tempDir();
      for (const vsn of ["1.0", "1.10", "1.9"]) dir.write(`lib/a-${vsn}/ebin/a.app`, appText("a", { vsn }));
      dir.write("lib/a/ebin/a.app", "{application, a, [broken");
      const path = ["1.10", "1.0", "1.9"].map((vsn) => dir.join(`lib/a-${vsn}/ebin`));
      for (const vsn of ["1.0", "1.9", "1.10"]) {
        const rel = dir.write("rel.rel", relText(otp, [`{a, "${vsn}"}`]));
        await expectEqual(dir, { rel, path, options: { local: true } });
        await expectEqual(dir, { rel, path: [dir.join("lib/a/ebin"), ...path], options: { local: true } });
      }
    });

    test("takes the first of two places that have the version", async () => {
      using dir = tempDir();
      dir.write("x/ebin/a.app", appText("a"));
      dir.write("y/ebin/a.app", appText("a"));
      const rel = dir.write("rel.rel", relText(otp, ['{a, "1.0"}']));
      for (const names of [
        ["x", "y"],
        ["y", "x"],
      ]) {
        await expectEqual(dir, { rel, path: names.map((name) => dir.join(`${name}/ebin`)), options: { local: true } });
      }
    });

    test("writes the paths of this machine in full, whatever form they were given in", async () => {
      using dir = tempDir();
      dir.write("lib/a-1.0/ebin/a.app", appText("a"));
      const rel = dir.write("rel.rel", relText(otp, ['{a, "1.0"}']));
      const ebin = dir.join("lib/a-1.0/ebin");
      const near = relative(process.cwd(), ebin);
      for (const path of [`${ebin}/`, ebin.replaceAll("/", "//"), near, `./${near}`, `${near}/../ebin`, `${near}/./`]) {
        await expectEqual(dir, { rel, path: [path], options: { local: true } });
      }
    });

    test("finds the directories that a pattern on the path stands for", async () => {
      using dir = tempDir();
      for (const name of ["a-1.0", "b-1.0", "c"]) dir.write(`lib/${name}/ebin/${name[0]}.app`, appText(name[0] ?? ""));
      dir.write("lib/file", "");
      const rel = dir.write("rel.rel", relText(otp, ['{a, "1.0"}', '{b, "1.0"}', '{c, "1.0"}']));
      const near = relative(process.cwd(), dir.path);
      for (const patterns of [["lib/*/ebin"], ["*/*-1.0/ebin", "lib/c*/eb*"], ["none", "lib/*/e*n"]]) {
        for (const path of [patterns.map((each) => dir.join(each)), patterns.map((each) => `${near}/${each}`)]) {
          const request = { rel, options: { local: true } };
          const systools = await makeWithSystools(vm, dir, { ...request, path });
          expectSame(makeOurs(otp, { ...request, path: expandSearchPath(path) }), systools);
        }
      }
    });

    test("puts variables in the place of directories", async () => {
      using dir = tempDir();
      dir.write("own/lib/a-1.0/ebin/a.app", appText("a"));
      dir.write("own/lib/b/ebin/b.app", appText("b"));
      dir.write("own/c/1/ebin/c.app", appText("c"));
      dir.write("other/d-1.0/ebin/d.app", appText("d"));
      const path = ["own/lib/a-1.0/ebin", "own/lib/b/ebin", "own/c/1/ebin", "other/d-1.0/ebin"].map((each) =>
        dir.join(each),
      );
      const rel = dir.write(
        "rel.rel",
        relText(
          otp,
          ["a", "b", "c", "d"].map((name) => `{${name}, "1.0"}`),
        ),
      );
      const own = dir.join("own");
      const sets = [
        [["OWN", own]],
        [
          ["OWN", `${own}//`],
          ["OTHER", dir.join("other")],
        ],
        [
          ["LIB", `${own}/lib`],
          ["OWN", own],
          ["ALL", dir.path],
        ],
        [["HALF", `${own}/li`]],
        [["EBIN", dir.join("other/d-1.0/ebin")]],
        [["OTP", otp.root]],
        [["NOTHING", "/nonexistent"]],
      ] as const;
      for (const variables of sets) {
        await expectEqual(dir, { rel, path, options: { variables } });
        await expectEqual(dir, { rel, path, options: { variables, local: true } });
      }
    });

    test("warns as systools does", async () => {
      using dir = tempDir();
      const without = dir.write("without.rel", relText(otp, []));
      const sasl = makeOurs(otp, { rel: `${otp.releaseDir}/start_sasl.rel` });
      expect(sasl).toMatchObject({ made: true, warnings: [] });
      await expectEqual(dir, { rel: without });
      await expectEqual(dir, { rel: without, options: { noWarnSasl: true, warningsAsErrors: true } });
      await expectRefusal(dir, { rel: without, options: { warningsAsErrors: true } });
    });

    test("warns of a release for another emulator", () => {
      using dir = tempDir();
      const rel = dir.write("rel.rel", relText(otp, []).replace(`"${otp.ertsVersion}"`, '"1.2.3"'));
      expect(makeOurs(otp, { rel })).toMatchObject({ made: true, warnings: ["sasl_missing", "erts_version_differs"] });
    });

    test("compares modules with their sources if asked to", async () => {
      using dir = tempDir();
      const modules = ["fresh", "old", "alone", "deep"];
      dir.write("lib/a-1.0/ebin/a.app", appText("a", { modules }));
      dir.write("lib/flat/b.app", appText("b", { modules: ["here"] }));
      for (const name of modules) dir.write(`lib/a-1.0/ebin/${name}.beam`, "");
      dir.write("lib/flat/here.beam", "");
      for (const name of ["a-1.0/src/fresh", "a-1.0/src/old", "a-1.0/src/gen/x/deep", "flat/here"]) {
        utimesSync(dir.write(`lib/${name}.erl`, ""), 1_000_000_000, 1_000_000_000);
      }
      utimesSync(dir.join("lib/a-1.0/ebin/old.beam"), 900_000_000, 900_000_000);
      const rel = dir.write("rel.rel", relText(otp, ['{a, "1.0"}', '{b, "1.0"}']));
      const request = { rel, path: [dir.join("lib/a-1.0/ebin"), dir.join("lib/flat")], options: { sourceTests: true } };
      const ours = makeOurs(otp, request);
      const systools = await makeWithSystools(vm, dir, request);
      expectSame(ours, systools);
      expect(ours.made && ours.warnings.slice(-2)).toEqual(["module_out_of_date", "source_not_found"]);
    });

    test("refuses a module that is not there if asked to look", async () => {
      using dir = tempDir();
      dir.write("a.app", appText("a", { modules: ["nowhere"] }));
      const rel = dir.write("rel.rel", relText(otp, ['{a, "1.0"}']));
      await expectRefusal(dir, { rel, path: [dir.path], options: { sourceTests: true } });
    });

    test("refuses a release without kernel and stdlib, or with another type for them", async () => {
      const versions = relText(otp, []).match(/\[\{kernel, (".*?")\}, \{stdlib, (".*?")\}\]/);
      const kernel = (type = "") => `{kernel, ${versions?.[1]}${type}}`;
      const stdlib = (type = "") => `{stdlib, ${versions?.[2]}${type}}`;
      const lists = [
        [],
        [kernel()],
        [stdlib()],
        [kernel(", temporary"), stdlib()],
        [kernel(), stdlib(", load")],
        [stdlib(", none")],
      ];
      for (const applications of lists) {
        using dir = tempDir();
        const text = `{release, {"rel", "1"}, {erts, "${otp.ertsVersion}"}, [${applications.join(", ")}]}.`;
        await expectRefusal(dir, { rel: dir.write("rel.rel", text) });
      }
    });

    test("refuses what is no release", async () => {
      for (const text of [
        "foo.",
        '{release, {"rel", "1"}, []}.',
        '{release, {rel, "1"}, {erts, "1"}, []}.',
        '{release, {"rel", "1"}, {erts, "1"}, [{kernel}]}.',
        '{release, {"rel", "1"}, {erts, "1"}, {kernel, "1"}}.',
      ]) {
        using dir = tempDir();
        await expectRefusal(dir, { rel: dir.write("rel.rel", text) });
      }
    });

    test("refuses an application file that is none, and says where", async () => {
      for (const text of [
        "foo.",
        "{application, a}.",
        '{application, "a", []}.',
        "{application, a, [\n {vsn,, 1}]}.",
      ]) {
        using dir = tempDir();
        dir.write("a.app", text);
        const rel = dir.write("rel.rel", relText(otp, ['{a, "1.0"}']));
        await expectRefusal(dir, { rel, path: [dir.path] });
        const ours = makeOurs(otp, { rel, path: [dir.path] });
        expect(!ours.made && ours.reason).toContain(text.includes("\n") ? 'a.app:2:7"' : "a.app");
      }
    });

    test("names all applications that cannot be used at once", async () => {
      using dir = tempDir();
      dir.write("b.app", appText("b", { without: ["modules"] }));
      dir.write("c.app", appText("c", { vsn: "2.0" }));
      const rel = dir.write(
        "rel.rel",
        relText(
          otp,
          ["a", "b", "c", "x"].map((name) => `{${name}, "1.0"}`),
        ),
      );
      const ours = makeOurs(otp, { rel, path: [dir.path] });
      const systools = await makeWithSystools(vm, dir, { rel, path: [dir.path] });
      expect(systools).toMatchObject({ made: false, code: "not_found no_valid_version missing_param not_found" });
      for (const part of ['"a-1.0"', '"c-1.0" (installed: 2.0)', '"x-1.0"', "it lacks modules"]) {
        expect(!ours.made && ours.reason).toContain(part);
      }
    });
  });
}
