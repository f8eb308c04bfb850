import { describe, expect, test } from "bun:test";
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { GENERATIONS, generationProject } from "../knit/generations.ts";
import { oracle, otpInstallations } from "../support/otp.ts";
import { type TempDir, tempDir } from "../support/temp-dir.ts";

/** What a running system says of itself in each generation; see `upgrader:facts/0`. */
const FACTS: Readonly<Record<number, string>> = {
  1: '[{relex_app,"1.0"},{relex_lib,"1.0"},{children,[relex_counter]},{state,state},{step,1},{log,true},{permanent,["1"]}]',
  2: '[{relex_app,"1.1"},{relex_lib,"1.0"},{children,[relex_cache,relex_counter]},{state,stepped},{step,2},{log,true},{permanent,["2"]}]',
  3: '[{relex_app,"2.0"},{relex_extra,"1.0"},{relex_lib,"1.1"},{children,[relex_counter,relex_stats]},{state,map},{step,3},{log,false},{permanent,["3"]}]',
};

describe.each(otpInstallations().map((otp) => [otp.major, otp] as const))("upgrades with OTP %d", (_, otp) => {
  test("take a running system along every path between three generations, and no call fails", async () => {
    await using vm = await oracle(otp);
    using project = generationProject(vm);
    for (const generation of [1, 2, 3]) {
      await project.become(generation);
      const build = await project.build();
      expect(build).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining("warning") as string });
    }
    using machine = unpack(project.join("rel/releases/relex-1.tar.gz"));
    for (const tarball of ["relex-2.tar.gz", "relex-3.tar.gz"]) {
      copyFileSync(project.join("rel/upgrades", tarball), machine.join("relex/releases", tarball));
    }
    await vm.evaluate(`{ok, _} = compile:file("${join(GENERATIONS, "upgrader.erl")}", [{outdir, "${machine.path}"}])`);

    const path = [2, 3, 2, 1, 3, 1, 3];
    const versions = path.map((version) => `"${version}"`).join(", ");
    expect(await run(machine, 1, `upgrader:run(["relex-2", "relex-3"], [${versions}])`)).toBe(
      `{[${[1, ...path].map((version) => FACTS[version]).join(",")}],true,[],[ok,ok]}`,
    );
    // What was made permanent is what starts next time, and it lacks nothing of what was removed.
    expect(await run(machine, 3, "upgrader:run([], [])")).toBe(`{[${FACTS[3]}],true,[],[]}`);
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
