import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { containing } from "../support/containing.ts";
import { otpInstallations, systemOtp } from "../support/otp.ts";
import type { ReleaseHost } from "../support/release-host.ts";
import { packagedHost } from "../upgrade/packaged-host.ts";
import { type Builds, buildVersions, goodVersion, packWhole } from "../upgrade/target-system.ts";

/** What no running VM can do. */
const RESTARTING = { up: "[restart_emulator]", down: "[restart_emulator]" };

/** What kernel completes when it starts, so that it holds another value than it was given. */
const LOGGER = "{kernel, [{logger, [{handler, default, logger_std_h, #{config => #{type => standard_error}}}]}]}.\n";

let builds: Builds;
let host: ReleaseHost;

beforeAll(async () => {
  builds = await buildVersions(systemOtp(), { vsn: "1", config: "[{counter, [{step, 5}]}]" }, [
    goodVersion("2", { ...RESTARTING, config: "[{counter, [{step, 6}]}]" }),
    goodVersion("2-broken", { ...RESTARTING, defines: "{d, 'NO_START'}" }),
    goodVersion("3", { from: "2" }),
  ]);
  host = await packagedHost(builds, `{counter, [{host, 1}]}.\n{node, [{start_retries, 0}]}.\n${LOGGER}`);
  const { exitCode, stderr } = await host.enit("start", "relex");
  if (exitCode !== 0) throw new Error(stderr);
});
afterAll(async () => {
  await host?.[Symbol.asyncDispose]();
  builds?.[Symbol.dispose]();
});

async function evaluate(expressions: string): Promise<string> {
  const { stdout, stderr } = await host.enit("eval", "relex", expressions);
  return stdout.trim() + stderr;
}

async function states(): Promise<string[]> {
  const { versions } = (await host.json("releases", "relex")) as { versions: { version: string; status: string }[] };
  return versions.map(({ version, status }) => `${version} ${status}`);
}

function whatStarts(): string {
  return readFileSync(host.join("opt/relex/releases/start_erl.data"), "utf8").trim().split(" ")[1] ?? "";
}

/** Upgrades with a plugin that kills enit in a hook. */
async function killedAt(hook: string, ...args: string[]): Promise<void> {
  host.write(
    "deadly/deadly.ts",
    `import { definePlugin } from "enit/plugin";
     export default definePlugin({
       name: "deadly", api: 1, hooks: { "${hook}": async () => process.kill(process.pid, "SIGKILL") },
     });\n`,
  );
  expect((await host.enit("--plugin-dir", host.join("deadly"), ...args)).exitCode).toBe(137);
}

test("what a running VM cannot do is refused, and told in the plan", async () => {
  const { pid } = host.vm() ?? {};
  expect(await host.enit("upgrade", "relex", builds.tarball("2"))).toMatchObject({
    stderr: containing("To stop the release and start it with 2: --restart\n"),
    exitCode: 126,
  });
  expect(await host.enit("upgrade", "relex", builds.tarball("2"), "--restart", "--no-permanent")).toMatchObject({
    stderr: containing("it takes a restart, after which it is permanent"),
    exitCode: 2,
  });
  expect(await host.enit("upgrade", "relex", builds.tarball("3"))).toMatchObject({
    stderr: containing("or by a restart: --restart\n"),
    exitCode: 1,
  });
  expect(await host.json("upgrade", "relex", builds.tarball("3"), "--restart", "--dry-run")).toMatchObject({
    plan: { from: "1", to: "3", restartsEmulator: true, instructions: [] },
  });
  expect((await host.enit("upgrade", "relex", builds.tarball("2"), "--dry-run")).stdout).toContain(
    "\nThis cannot be done while it runs, only by a restart (--restart).\n",
  );
  expect(host.vm()?.pid).toBe(pid);
  expect(await states()).toEqual(["1 permanent"]);
});

test("with --restart the release is stopped and started with it, verified and permanent; rollback goes back so", async () => {
  const { pid } = host.vm() ?? {};
  const up = await host.enit("upgrade", "relex", builds.tarball("2"), "--restart");
  const vm = host.vm();
  expect(vm?.pid).not.toBe(pid);
  expect(up).toMatchObject({
    stdout: containing(`release relex 1 -> 2 [${vm?.node}] (pid ${vm?.pid}, permanent, restarted)\n`),
    stderr: containing("stopping version 1\nstarting version 2\nverifying version 2\nmaking version 2 permanent\n"),
    exitCode: 0,
  });
  expect(await evaluate("{counter_server:version(counter), lists:sort(application:get_all_env(counter))}")).toBe(
    '{"2",[{host,1},{step,6}]}',
  );
  expect([await states(), whatStarts()]).toEqual([["2 permanent", "1 old"], "2"]);
  // What can be done in the VM is, even so.
  expect(await host.json("upgrade", "relex", builds.tarball("3"), "--restart")).toMatchObject({
    restarted: false,
    pid: vm?.pid,
  });
  expect((await host.enit("rollback", "relex")).exitCode).toBe(0);
  expect(await host.enit("rollback", "relex", "1")).toMatchObject({ exitCode: 126 });
  expect(await host.json("rollback", "relex", "1", "--restart")).toMatchObject({ from: "2", to: "1", restarted: true });
  expect(await evaluate("{counter_server:version(counter), lists:sort(application:get_all_env(counter))}")).toBe(
    '{"1",[{host,1},{step,5}]}',
  );
  expect([await states(), whatStarts()]).toEqual([["3 old", "2 old", "1 permanent"], "1"]);
});

test("a version that does not start: the former one is started again, and nothing of it is left", async () => {
  const before = await states();
  const failed = await host.enit("upgrade", "relex", builds.tarball("2-broken"), "--restart", "--json");
  expect(JSON.parse(failed.stdout)).toMatchObject({
    error: {
      code: "upgrade_failed",
      message: containing("}}; the release was started again with 1"),
      data: { reason: "application_start_failed", restored: true, restarted: true, running: "1" },
    },
  });
  expect(failed.exitCode).toBe(1);
  expect(await evaluate("counter_server:version(counter)")).toBe('"1"');
  expect([await states(), whatStarts()]).toEqual([before, "1"]);
  expect(existsSync(host.join("opt/relex/lib/counter-2-broken"))).toBe(false);
});

test("a hook that throws does not keep the former version from being started again", async () => {
  host.write(
    "objecting/objector.ts",
    `import { definePlugin } from "enit/plugin";
     const object = async () => { throw new Error("not so"); };
     export default definePlugin({ name: "objector", api: 1, hooks: { "vm:started": object, "vm:stopped": object } });\n`,
  );
  const plugins = ["--plugin-dir", host.join("objecting")];
  const failed = await host.enit(...plugins, "upgrade", "relex", "2", "--restart");
  expect(failed.exitCode).toBe(1);
  expect(failed.stderr).toContain('error: cannot go on after "vm:started" of the plugin "objector": not so\n');
  expect(failed.stderr).toContain(
    '"vm:stopped" of the plugin "objector": not so; the release was started again with 1\n',
  );
  expect(await evaluate("counter_server:version(counter)")).toBe('"1"');
});

test("an enit that is killed on the way leaves a release that starts, and the next one goes on", async () => {
  await killedAt("vm:stopped", "upgrade", "relex", "2", "--restart");
  expect(host.vm()).toBeUndefined();
  expect((await host.enit("start", "relex")).stdout).toStartWith("started release relex 1 ");
  await killedAt("vm:started", "upgrade", "relex", "2", "--restart");
  expect([await evaluate("counter_server:version(counter)"), whatStarts()]).toEqual(['"2"', "1"]);
  const { pid } = host.vm() ?? {};
  expect(await host.json("status", "relex")).toMatchObject({ version: "2" });
  expect((await host.enit("upgrade", "relex", "2")).exitCode).toBe(0);
  expect(host.vm()?.pid).toBe(pid);
  expect([await states(), whatStarts()]).toEqual([["3 old", "2 permanent", "1 old"], "2"]);
});

const newerOtps = otpInstallations().filter(({ major }) => major > systemOtp().major);
for (const other of newerOtps.slice(0, 1)) {
  test(`the new Erlang/OTP ${other.major} comes with its tarball`, async () => {
    using newer = await buildVersions(other, { vsn: "4" }, []);
    const root = host.join("opt/relex");
    // As reltool and knit have them.
    const modules = join(newer.base, "lib", readdirSync(newer.base).find(isErts) ?? "", "ebin");
    mkdirSync(modules, { recursive: true });
    writeFileSync(join(modules, "erts.app"), "");
    const file = host.join("relex-4.tar.gz");
    packWhole(newer, "4", file);
    expect(await host.enit("upgrade", "relex", file)).toMatchObject({
      stderr: containing(`it is made for Erlang/OTP ${other.major}, and ${systemOtp().major} runs\n`),
      exitCode: 2,
    });
    expect(await host.enit("upgrade", "relex", file, "--restart")).toMatchObject({
      stdout: containing("release relex 2 -> 4 "),
      exitCode: 0,
    });
    rmSync(file);
    expect(await evaluate("{counter_server:version(counter), erlang:system_info(otp_release)}")).toBe(
      `{"4","${other.major}"}`,
    );
    // To what it replaced, whatever other versions there are.
    expect(await states()).toEqual(["4 permanent", "3 old", "2 old", "1 old"]);
    expect(await host.enit("rollback", "relex")).toMatchObject({
      stderr: containing("no relup has the way from 4\n"),
      exitCode: 1,
    });
    expect(await host.json("rollback", "relex", "--restart")).toMatchObject({ from: "4", to: "2" });
    expect(await evaluate("{counter_server:version(counter), erlang:system_info(otp_release)}")).toBe(
      `{"2","${systemOtp().major}"}`,
    );
    const others = (): string[] => [root, join(root, "lib")].flatMap((dir) => readdirSync(dir).filter(isErts));
    expect(others()).toHaveLength(3);
    expect((await host.enit("releases", "relex", "--remove", "4")).exitCode).toBe(0);
    expect(others()).toEqual([readdirSync(builds.base).find(isErts) ?? ""]);
  });
}

function isErts(name: string): boolean {
  return name.startsWith("erts-");
}
