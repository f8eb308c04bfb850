import { describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { findOtp, readTermFile } from "../../src/otp/index.ts";
import { decodeTerm, equalTerms, isTagged, listElements, stringValue } from "../../src/term/index.ts";
import { appText, relText } from "../otp/support.ts";
import { oracle, systemOtp } from "../support/otp.ts";
import { runEnit } from "../support/run-enit.ts";
import { type TempDir, tempDir } from "../support/temp-dir.ts";

const otp = findOtp({ root: systemOtp().root });

describe("enit script", () => {
  test("writes the files that systools writes, beside the release", async () => {
    using dir = fixture();
    await using vm = await oracle(systemOtp());
    const run = await runEnit(["script", dir.join("relex.rel"), "--path", dir.join("lib/*/ebin"), "--local"]);
    expect(run).toEqual({
      stdout: `${dir.join("relex.script")}\n${dir.join("relex.boot")}\n`,
      stderr: expect.stringContaining("does not have sasl") as string,
      exitCode: 0,
    });
    mkdirSync(dir.join("out"));
    await vm.evaluate(`{ok, _, _} = systools:make_script("${dir.join("relex")}",
      [local, silent, {path, ["${dir.join("lib/*/ebin")}"]}, {outdir, "${dir.join("out")}"}])`);
    for (const name of ["relex.script", "relex.boot"]) {
      expect(readFileSync(dir.join(name)).equals(readFileSync(dir.join("out", name)))).toBe(true);
    }
  });

  test("tells scripts what it wrote and warned of", async () => {
    using dir = fixture();
    mkdirSync(dir.join("out"));
    const run = await runEnit(["script", "relex", "--path", "lib", "-o", "out", "--json"], { cwd: dir.path });
    expect(JSON.parse(run.stdout)).toEqual({
      ok: true,
      data: {
        release: { name: "relex", vsn: "1" },
        otp: otp.version,
        files: { script: "out/relex.script", boot: "out/relex.boot" },
        warnings: [{ code: "sasl_missing", message: expect.any(String) as string }],
      },
    });
    expect(readdirSync(dir.join("out")).sort()).toEqual(["relex.boot", "relex.script"]);
    const [script] = readTermFile(dir.join("out/relex.script")).terms;
    expect(script && equalTerms(script, decodeTerm(readFileSync(dir.join("out/relex.boot"))))).toBe(true);
  });

  test("takes several directories after --path, as a shell makes of a pattern, and variables", async () => {
    using dir = fixture();
    const paths = ["x", "y"].map((name) => dir.join(`lib/${name}-1.0/ebin`));
    const variable = `LIB=${dir.join("lib")}`;
    const release = [dir.join("relex.rel"), "--path", ...paths];
    const run = await runEnit(["script", ...release, "--variable", variable, "--no-dot-erlang"]);
    expect(run.exitCode).toBe(0);
    expect(lastPath(dir.join("relex.script")).slice(2)).toEqual(["$LIB/y-1.0/ebin", "$LIB/x-1.0/ebin"]);
    expect(readFileSync(dir.join("relex.script"), "utf8")).not.toContain("erlangrc");
  });

  test("uses the OTP that is named", async () => {
    using dir = fixture();
    const run = await runEnit(["script", dir.join("relex.rel"), "--otp-root", dir.path]);
    expect(run).toMatchObject({ stdout: "", exitCode: 2 });
    expect(run.stderr).toContain(`cannot use "${dir.path}" as Erlang/OTP`);
  });

  test("writes nothing if the release is refused", async () => {
    using dir = fixture();
    const run = await runEnit(["script", dir.join("relex.rel"), "--path", dir.join("nowhere"), "--json"]);
    expect(run.exitCode).toBe(2);
    expect(JSON.parse(run.stdout)).toMatchObject({ ok: false, error: { code: "application_not_found" } });
    expect(run.stderr).toContain(`no directory "${dir.join("nowhere")}"`);
    expect(readdirSync(dir.path).sort()).toEqual(["lib", "relex.rel"]);
  });

  test("leaves nothing half written if it cannot write", async () => {
    using dir = fixture();
    const script = ["script", dir.join("relex.rel"), "--path", dir.join("lib"), "-o"];
    const run = await runEnit([...script, dir.join("out")]);
    expect(run).toMatchObject({ stdout: "", exitCode: 3 });
    expect(run.stderr).toContain(`cannot write "${dir.join("out/relex.script")}": its directory does not exist`);
    mkdirSync(dir.join("taken/relex.boot"), { recursive: true });
    expect((await runEnit([...script, dir.join("taken")])).exitCode).toBe(3);
    expect(readdirSync(dir.join("taken")).sort()).toEqual(["relex.boot", "relex.script"]);
  });

  test("refuses a variable without a value", async () => {
    using dir = fixture();
    const run = await runEnit(["script", dir.join("relex.rel"), "--variable", "LIB"]);
    expect(run).toMatchObject({ stdout: "", exitCode: 255 });
    expect(run.stderr).toContain('cannot use the variable "LIB"');
  });
});

/** A release of two applications, x that uses y. */
function fixture(): TempDir {
  const dir = tempDir();
  dir.write("lib/x-1.0/ebin/x.app", appText("x", { applications: ["kernel", "stdlib", "y"] }));
  dir.write("lib/y-1.0/ebin/y.app", appText("y"));
  dir.write("relex.rel", relText(otp, ['{x, "1.0"}', '{y, "1.0"}'], "relex"));
  return dir;
}

/** The code path that a script sets in the end. */
function lastPath(file: string): (string | undefined)[] {
  const [script] = readTermFile(file).terms;
  const instructions = isTagged(script, "script", 3) ? listElements(script.elements[2]) : undefined;
  const path = instructions?.findLast((each) => isTagged(each, "path", 2));
  return (listElements(path?.kind === "tuple" ? path.elements[1] : undefined) ?? []).map(stringValue);
}
