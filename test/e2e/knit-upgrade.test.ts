import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { GENERATIONS, type GenerationProject, generationProject } from "../knit/generations.ts";
import { oracle, otpInstallations } from "../support/otp.ts";
import { definePackaged } from "../support/packaged.ts";
import { COOKIE, releaseHost } from "../support/release-host.ts";
import { type TempDir, tempDir } from "../support/temp-dir.ts";

/** What a running system says of itself in each generation; see `upgrader:facts/0`. */
const FACTS: Readonly<Record<number, string>> = {
  1: '[{relex_app,"1.0"},{relex_lib,"1.0"},{children,[relex_counter]},{state,state},{step,1},{log,true},{permanent,["1"]}]',
  2: '[{relex_app,"1.1"},{relex_lib,"1.0"},{children,[relex_cache,relex_counter]},{state,stepped},{step,2},{log,true},{permanent,["2"]}]',
  3: '[{relex_app,"2.0"},{relex_extra,"1.0"},{relex_lib,"1.1"},{children,[relex_counter,relex_stats]},{state,map},{step,3},{log,false},{permanent,["3"]}]',
};

describe.each(otpInstallations())("upgrades with OTP $major", (otp) => {
  let project: GenerationProject;

  beforeAll(async () => {
    await using vm = await oracle(otp);
    project = generationProject(vm);
    for (const generation of [1, 2, 3]) {
      await project.become(generation);
      const build = await project.build();
      if (build.exitCode !== 0 || build.stderr.includes("warning")) throw new Error(build.stderr);
    }
    const upgrader = join(GENERATIONS, "upgrader.erl");
    await vm.evaluate(`{ok, _} = compile:file("${upgrader}", [{outdir, "${project.path}"}])`);
  });
  afterAll(() => project[Symbol.dispose]());

  test("take a running system along every path between three generations, and no call fails", async () => {
    using machine = unpack(project.join("rel/releases/relex-1.tar.gz"));
    copyFileSync(project.join("upgrader.beam"), machine.join("upgrader.beam"));
    for (const tarball of ["relex-2.tar.gz", "relex-3.tar.gz"]) {
      copyFileSync(project.join("rel/upgrades", tarball), machine.join("relex/releases", tarball));
    }
    const path = [2, 3, 2, 1, 3, 1, 3];
    const versions = path.map((version) => `"${version}"`).join(", ");
    expect(await run(machine, 1, `upgrader:run(["relex-2", "relex-3"], [${versions}])`)).toBe(
      `{[${[1, ...path].map((version) => FACTS[version]).join(",")}],true,[],[ok,ok]}`,
    );
    // What was made permanent is what starts next time, and it lacks nothing of what was removed.
    expect(await run(machine, 3, "upgrader:run([], [])")).toBe(`{[${FACTS[3]}],true,[],[]}`);
  });

  test("are taken by enit upgrade, which verifies them", async () => {
    using machine = unpack(project.join("rel/releases/relex-1.tar.gz"));
    await using host = await releaseHost(otp);
    definePackaged(host, machine.join("relex"));
    host.write("etc/enit/relex/user.config", `{node, [{cookie, "${COOKIE}"}]}.\n`);
    await host.json("start", "relex");
    const pid = host.vm()?.pid;
    for (const to of ["2", "3"]) {
      const upgrade = await host.json("upgrade", "relex", project.join(`rel/upgrades/relex-${to}.tar.gz`));
      expect(upgrade).toMatchObject({ to, permanent: true, pid });
    }
    expect((await host.enit("eval", "relex", "relex_counter:bump()")).stdout).toBe("{new,3}\n");
    expect(await host.json("rollback", "relex", "1")).toMatchObject({ from: "3", to: "1", pid });
    expect((await host.enit("eval", "relex", "relex_counter:bump()")).stdout).toBe("{old,4}\n");
  });
});

function unpack(tarball: string): TempDir {
  const machine = tempDir();
  const tar = Bun.spawnSync({ cmd: ["tar", "-xzf", tarball, "-C", machine.path] });
  if (tar.exitCode !== 0) throw new Error(tar.stderr.toString());
  mkdirSync(machine.join("home"));
  return machine;
}

/** Starts a version of the system, evaluates an expression in it that ends it, and gives the last line that it printed. */
async function run(machine: TempDir, version: number, expression: string): Promise<string> {
  const releases = machine.join("relex/releases", String(version));
  const node = Bun.spawn({
    cmd: [
      machine.join("relex/bin/erl"),
      "-noshell",
      "-boot",
      join(releases, "start"),
      "-config",
      join(releases, "sys"),
      "-pa",
      machine.path,
      "-kernel",
      "logger_level",
      "critical",
      "-eval",
      expression,
    ],
    env: { PATH: process.env["PATH"], HOME: machine.join("home"), ERL_CRASH_DUMP_SECONDS: "0" },
    cwd: machine.path,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([node.stdout.text(), node.stderr.text()]);
  await node.exited;
  return (stderr + stdout).trimEnd().split("\n").at(-1) ?? "";
}
