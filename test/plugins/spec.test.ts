import { describe, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { specLines } from "../otp/reltool/spec-text.ts";
import { decodeTerm, encodeTerm, parseTerm } from "../../src/term/index.ts";
import { oracle } from "../support/oracle.ts";
import { systemOtp } from "../support/otp.ts";
import { runEnit } from "../support/run-enit.ts";
import { type TempDir, tempDir } from "../support/temp-dir.ts";

const SYS = `{sys, [{lib_dirs, ["../apps"]}, {rel, "shop", "1.0", [kernel, stdlib, shop]}, {boot_rel, "shop"},
  {profile, embedded}, {incl_cond, exclude}, {excl_archive_filters, [".*"]},
  {app, kernel, [{incl_cond, include}]}, {app, stdlib, [{incl_cond, include}]}, {app, shop, [{incl_cond, include}]},
  {erts, [{incl_cond, include}]}]}`;

describe("enit spec", () => {
  test("prints the term that reltool gives, of the configuration in rel", async () => {
    using dir = project();
    const run = await runEnit(["spec"], { cwd: dir.path });
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    await using erl = await oracle(systemOtp(), { cwd: dir.join("rel") });
    const answer = await erl.evaluate(
      "{ok, Spec} = reltool:get_target_spec([Input]), Spec",
      encodeTerm(parseTerm(SYS)),
    );
    expect(specLines(parseTerm(run.stdout))).toEqual(specLines(decodeTerm(answer)));
  });

  test("gives scripts the term as text, and what it warns of", async () => {
    using dir = project("{colour, blue}");
    const run = await runEnit(["spec", "-r", "rel/reltool.config", "--json"], { cwd: dir.path });
    const { data } = JSON.parse(run.stdout) as { data: Readonly<Record<string, string>> };
    expect(data).toMatchObject({
      file: "rel/reltool.config",
      warnings: [{ code: "app_file_key", message: expect.stringContaining("colour") as string }],
    });
    expect(specLines(parseTerm(data["spec"] ?? "")).length).toBeGreaterThan(100);
    expect(run.stderr).toContain("has an unknown key, colour");
  });

  test("says where in the configuration an option stands that does not exist", async () => {
    using dir = tempDir();
    dir.write("reltool.config", '{sys, [\n  {lib_dir, ["apps"]}]}.\n');
    const run = await runEnit(["spec"], { cwd: dir.path });
    expect(run).toMatchObject({ exitCode: 2, stdout: "" });
    expect(run.stderr).toContain("line 2 column 3");
    expect(run.stderr).toContain("Perhaps it should be lib_dirs.");
  });

  test("tells what is missing: a configuration, its {sys, ...}, an application", async () => {
    using dir = tempDir();
    expect(await errorOf(dir)).toBe("reltool_config_missing");
    dir.write("reltool.config", "{overlay, []}.\n");
    expect(await errorOf(dir)).toBe("reltool_sys_missing");
    dir.write("reltool.config", '{sys, [{rel, "r", "1", [nowhere]}, {boot_rel, "r"}]}.\n');
    expect(await errorOf(dir)).toBe("application_not_found");
    dir.write("reltool.config", "{sys, [.\n");
    expect(await errorOf(dir)).toBe("term_syntax");
  });
});

async function errorOf(dir: TempDir): Promise<unknown> {
  const run = await runEnit(["spec", "--json"], { cwd: dir.path });
  expect(run.exitCode).toBe(2);
  return (JSON.parse(run.stdout) as { error: { code: unknown } }).error.code;
}

function project(key = "{env, []}"): TempDir {
  const dir = tempDir();
  mkdirSync(dir.join("rel"));
  dir.write("rel/reltool.config", `{overlay, []}.\n${SYS}.\n`);
  dir.write(
    "apps/shop/ebin/shop.app",
    `{application, shop, [{vsn, "1.0"}, {modules, []}, {applications, [kernel, stdlib]}, ${key}]}.\n`,
  );
  return dir;
}
