import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type UpgradeProject, upgradeProject } from "../knit/upgrade-project.ts";
import { containing } from "../support/containing.ts";
import { type Oracle, oracle, systemOtp } from "../support/otp.ts";
import { runEnit } from "../support/run-enit.ts";

/** A process of version 1 that stays in its code, a call that an unchanged application makes, and a plain change. */
const OLD = {
  relex_mod: "-export([start/0]).\nstart() -> spawn(fun() -> loop(0) end).\nloop(N) -> receive _ -> loop(N) end.",
  relex_util: "-export([f/0, g/0]).\nf() -> 1.\ng() -> 2.",
};
const NEW = {
  relex_mod: "-export([start/0]).\nstart() -> spawn(fun() -> loop(1) end).\nloop(N) -> receive _ -> loop(N) end.",
  relex_util: "-export([f/0]).\nf() -> 1.",
};
const LOOP =
  "processes of relex_mod wait in loop/1, which calls itself locally: they stay in the old code, and the next upgrade kills them";
const GONE = "relex_caller calls what is no longer there: relex_util:g/0";
const ERROR = { ok: false, error: { code: "warnings_as_errors" } };

let vm: Oracle;
let project: UpgradeProject;
let config: string;
beforeAll(async () => {
  vm = await oracle(systemOtp());
  project = upgradeProject(vm);
  await project.become("1", {
    relex_lib: { version: "1.0", modules: { relex_caller: "-export([h/0]).\nh() -> relex_util:g()." } },
    relex_app: { version: "1.0", modules: OLD },
  });
  await project.succeed();
  await project.become("2", { relex_app: { version: "1.1", modules: NEW } });
  config = await Bun.file(project.join("rel/reltool.config")).text();
});
afterAll(async () => {
  project[Symbol.dispose]();
  await vm[Symbol.asyncDispose]();
});

const withOption = (option: string): string => project.write("rel/reltool.config", `${option}\n${config}`);

describe("enit knit-build", () => {
  test("warns of what will hurt, and says what to do; --json has it as a list", async () => {
    const run = await project.build(["force=true"]);
    const { stderr } = run;
    expect(run).toMatchObject({
      exitCode: 0,
      stderr: containing(`warning: ${LOOP} [local-loop]\n  Go round the loop`),
    });
    expect(stderr).toContain(`warning: ${GONE}, on the way up from 1 [removed-export-called]\n  Keep the function`);
    const { upgrade } = await project.succeed(["force=true"]);
    expect((upgrade as { lint: unknown }).lint).toEqual([
      {
        code: "removed-export-called",
        application: "relex_lib",
        module: "relex_caller",
        message: GONE,
        hint: "Keep the function, or change its caller in the same upgrade.",
        directions: ["up"],
        from: ["1"],
      },
      expect.objectContaining({ code: "local-loop", module: "relex_mod", directions: ["up", "down"], from: ["1"] }),
    ]);
  });

  test("ignores what lint_ignore says, everywhere or of one module or application", async () => {
    withOption("{lint_ignore, ['local-loop', {removed_export_called, relex_lib}]}.");
    expect((await project.succeed(["force=true"]))["upgrade"]).toMatchObject({ lint: [] });
    withOption("{lint_ignore, [{'local-loop', relex_app}, {'removed-export-called', relex_util}]}.");
    expect((await project.succeed(["force=true"]))["upgrade"]).toMatchObject({
      lint: [{ code: "removed-export-called" }],
    });
  });

  test("fails with warnings_as_errors", async () => {
    withOption("{warnings_as_errors, true}.");
    const run = await project.build(["--json", "force=true"]);
    expect({ exitCode: run.exitCode, ...JSON.parse(run.stdout) }).toMatchObject({ exitCode: 1, ...ERROR });
  });

  test("refuses a code that there is not, with its place and the nearest one", async () => {
    withOption("{lint_ignore, ['local-lop']}.");
    const { exitCode, stderr } = await project.build(["force=true"]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`cannot ignore the warning "local-lop" (${project.join("rel/reltool.config")}:1:1)`);
    expect(stderr).toContain("Did you mean local-loop?");
    withOption("{lint_ignore, local}.");
    expect(await project.build(["force=true"])).toMatchObject({
      exitCode: 2,
      stderr: containing("[Atom | {Atom, Atom}]"),
    });
  });
});

describe("enit lint", () => {
  const lint = (...args: readonly string[]) => runEnit(["lint", ...args], { cwd: project.join("rel/releases") });
  const PAIR = ["relex-1.tar.gz", "relex-2.tar.gz"] as const;

  test("looks at two tarballs", async () => {
    const { exitCode, stdout, stderr } = await lint(...PAIR);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain(
      "relex 1 -> 2: 2 warnings\n\nremoved-export-called  relex_lib relex_caller  on the way up\n",
    );
    expect(stdout).toContain("Keep the function, or change its caller in the same upgrade.");
    expect(stdout).toContain("\n\nlocal-loop  relex_app relex_mod\n");
  });

  test("looks at directories too, and takes the relup of the newer one if it has one", async () => {
    const unpack = (name: string) =>
      Bun.spawnSync({ cmd: ["tar", "-xzf", `${name}.tar.gz`, "--one-top-level"], cwd: project.join("rel/releases") });
    for (const name of ["relex-1", "relex-2"]) unpack(name);
    const codes = async (): Promise<string[]> => {
      const { stdout } = await lint("relex-1/relex", "relex-2/relex", "--json");
      const { data } = JSON.parse(stdout) as { data: { warnings: { code: string }[] } };
      return data.warnings.map(({ code }) => code);
    };
    expect(await codes()).toEqual(["removed-export-called", "local-loop"]);
    project.write("rel/releases/relex-2/relex/releases/2/relup", '{"2", [{"1", "", [point_of_no_return]}], []}.\n');
    expect(await codes()).toEqual(["no-way-down", "module-not-loaded", "module-not-loaded", "removed-export-called"]);
  });

  test("fails with --warnings-as-errors, unless everything is ignored", async () => {
    const failed = await lint(...PAIR, "--warnings-as-errors", "--json");
    expect(failed.exitCode).toBe(1);
    expect(JSON.parse(failed.stdout)).toMatchObject({
      ok: false,
      error: { code: "warnings_as_errors", data: { warnings: [{}, {}] } },
    });
    const ignoring = ["--ignore", "local-loop", "--ignore", "removed-export-called:relex_caller"];
    expect(await lint(...PAIR, "--warnings-as-errors", ...ignoring)).toMatchObject({
      exitCode: 0,
      stdout: "relex 1 -> 2: nothing found\n",
    });
  });

  test("refuses what it cannot compare, and codes that there are not", async () => {
    expect(await lint(PAIR[0], PAIR[0])).toMatchObject({
      exitCode: 2,
      stderr: containing("the first is the release relex 1, the second the release relex 1"),
    });
    expect(await lint(PAIR[0], "absent.tar.gz")).toMatchObject({ exitCode: 2, stderr: containing("no such file") });
    expect(await lint(...PAIR, "--ignore", "local-lop")).toMatchObject({
      exitCode: 255,
      stderr: containing("Did you mean local-loop?"),
    });
  });
});
