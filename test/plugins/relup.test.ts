import { describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { findOtp } from "../../src/otp/index.ts";
import { appText } from "../otp/support.ts";
import { coreVersions } from "../otp/relup/fixtures.ts";
import { oracle, systemOtp } from "../support/otp.ts";
import { runEnit } from "../support/run-enit.ts";
import { type TempDir, tempDir } from "../support/temp-dir.ts";

const otp = findOtp({ root: systemOtp().root });
const BOTH_WAYS = ["--up", "1.rel", "--up", "2.rel", "--down", "1.rel", "--down", "2"];

describe("enit relup", () => {
  test("writes the file that systools writes, in the current directory", async () => {
    using dir = fixture();
    await using vm = await oracle(systemOtp());
    const run = await runEnit(["relup", "3.rel", ...BOTH_WAYS, "--path", "lib/*/ebin"], { cwd: dir.path });
    expect(run).toEqual({ stdout: "relup\n", stderr: "", exitCode: 0 });
    mkdirSync(dir.join("out"));
    const older = `["${dir.join("1")}", "${dir.join("2")}"]`;
    await vm.evaluate(`{ok, _, _, []} = systools:make_relup("${dir.join("3")}", ${older}, ${older},
      [silent, {path, ["${dir.join("lib/*/ebin")}"]}, {outdir, "${dir.join("out")}"}])`);
    expect(readFileSync(dir.join("relup"), "utf8")).toBe(readFileSync(dir.join("out/relup"), "utf8"));
  });

  test("tells scripts what it wrote and warned of", async () => {
    using dir = fixture({ appupVsn: "9" });
    mkdirSync(dir.join("out"));
    const args = ["relup", "3", "--up", "1.rel", "--path", "lib", "-o", "out", "--json"];
    const run = await runEnit(args, { cwd: dir.path });
    const load = '{load_object_code,{x,"3",[x_app]}}';
    expect(JSON.parse(run.stdout)).toEqual({
      ok: true,
      data: {
        release: { name: "relex", vsn: "3" },
        otp: otp.version,
        file: "out/relup",
        up: [{ vsn: "1", instructions: [load, "point_of_no_return", "{load,{x_app,brutal_purge,brutal_purge}}"] }],
        down: [],
        warnings: [{ code: "appup_version_differs", message: expect.any(String) as string }],
      },
    });
    expect(run.stderr).toContain("is for the version 9, not for 3");
    expect(readdirSync(dir.join("out"))).toEqual(["relup"]);
  });

  test("takes several directories after --path, and leaves no relup where it refuses", async () => {
    using dir = fixture({ instructions: "[{load_module, x_app},\n  {load_module, x_app}]" });
    const paths = [1, 2, 3].map((vsn) => `lib/x-${vsn}/ebin`);
    const run = await runEnit(["relup", "3", ...BOTH_WAYS, "--path", ...paths, "--json"], { cwd: dir.path });
    expect(run.exitCode).toBe(2);
    expect(JSON.parse(run.stdout)).toMatchObject({
      ok: false,
      error: {
        code: "muldef_module",
        data: { file: "./lib/x-3/ebin/x.appup", line: 2, column: 3, instruction: "{load_module,x_app}" },
      },
    });
    expect(readdirSync(dir.path).sort()).toEqual(["1.rel", "2.rel", "3.rel", "lib"]);
  });

  test("warns where no older release is named, and writes a relup without ways", async () => {
    using dir = fixture();
    const run = await runEnit(["relup", "3.rel", "--path", "lib"], { cwd: dir.path });
    expect(run).toMatchObject({ stdout: "relup\n", exitCode: 0 });
    expect(run.stderr).toContain("no older release is named");
    expect(readFileSync(dir.join("relup"), "utf8")).toBe('%% coding: utf-8\n{"3",[],[]}.\n');
  });

  test("refuses a release that stands behind neither --up nor --down", async () => {
    using dir = fixture();
    const run = await runEnit(["relup", "3.rel", "--up", "1.rel", "2.rel"], { cwd: dir.path });
    expect(run).toMatchObject({ stdout: "", exitCode: 255 });
    expect(run.stderr).toContain('cannot tell what "2.rel" is for');
  });

  test("restarts the emulator and refuses warnings if asked to", async () => {
    using dir = fixture({ appupVsn: "9" });
    const args = ["relup", "3.rel", "--up", "1.rel", "--path", "lib", "--restart-emulator"];
    expect((await runEnit(args, { cwd: dir.path })).exitCode).toBe(0);
    expect(readFileSync(dir.join("relup"), "utf8")).toContain("restart_emulator]}]");
    const refused = await runEnit([...args, "--warnings-as-errors", "--json"], { cwd: dir.path });
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: "warnings_as_errors" } });
  });
});

/** Three releases of one application, x in the versions 1 to 3; the appup of the last one knows both older ones. */
function fixture({ appupVsn = "3", instructions = "[{load_module, x_app}]" } = {}): TempDir {
  const dir = tempDir();
  const core = Object.entries(coreVersions(otp, ["kernel", "stdlib", "sasl"])).map(
    ([name, vsn]) => `{${name}, "${vsn}"}`,
  );
  for (const vsn of ["1", "2", "3"]) {
    dir.write(`lib/x-${vsn}/ebin/x.app`, appText("x", { vsn }));
    const applications = [...core, `{x, "${vsn}"}`].join(", ");
    dir.write(`${vsn}.rel`, `{release, {"relex", "${vsn}"}, {erts, "${otp.ertsVersion}"}, [${applications}]}.\n`);
  }
  const entries = `[{<<"[12]">>, ${instructions}}]`;
  dir.write("lib/x-3/ebin/x.appup", `{"${appupVsn}", ${entries}, ${entries}}.\n`);
  return dir;
}
