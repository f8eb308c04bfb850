import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { containing } from "../support/containing.ts";
import { otpInstallations, systemOtp } from "../support/otp.ts";
import { COOKIE, type ReleaseHost } from "../support/release-host.ts";
import { packagedHost } from "../upgrade/packaged-host.ts";
import { type Builds, buildVersions, goodVersion } from "../upgrade/target-system.ts";

/** Versions that cannot be installed from 1. */
const BAD_VERSIONS = [
  goodVersion("2-throw", { defines: "{d, 'CHANGE', throw}" }),
  goodVersion("2-forgotten", { up: '[{update, counter_server, {advanced, "2-forgotten"}}]' }),
  goodVersion("2-restart", { up: "[restart_emulator]", down: "[restart_emulator]" }),
];

/** A configuration with a variable, as a package ships it. */
const SOURCE = "releases/2/sys.config.src";

describe.each(otpInstallations())("upgrades of a packaged release of OTP $major", (otp) => {
  // What does not differ by OTP is tested on the oldest.
  const isOldest = otp.major === otpInstallations()[0]?.major;
  const inDetail = test.skipIf(!isOldest);
  let builds: Builds;
  let host: ReleaseHost;

  beforeAll(async () => {
    builds = await buildVersions(otp, { vsn: "1", config: "[{counter, [{step, 5}]}]" }, [
      goodVersion("2", { config: "[{counter, [{step, 6}, {shipped, 2}]}]" }),
      goodVersion("3", { from: "2" }),
      ...(isOldest ? BAD_VERSIONS : []),
    ]);
    host = await packagedHost(builds, "{counter, [{host, 1}]}.\n");
    host.write("etc/enit/plugins/recorder.ts", RECORDER);
    const { exitCode, stderr } = await host.enit("start", "relex");
    if (exitCode !== 0) throw new Error(stderr);
  });
  afterAll(async () => {
    await host?.[Symbol.asyncDispose]();
    builds?.[Symbol.dispose]();
  });

  const evaluate = async (expressions: string): Promise<string> => {
    const { stdout, stderr } = await host.enit("eval", "relex", expressions);
    return stdout.trim() + stderr;
  };
  const states = async (): Promise<string[]> => {
    const { versions } = (await host.json("releases", "relex")) as { versions: { version: string; status: string }[] };
    return versions.map(({ version, status }) => `${version} ${status}`);
  };

  test("go up and down the versions with all state, and are what starts the next time", async () => {
    const pid = host.vm()?.pid;
    expect(await evaluate("counter_server:count(counter)")).toBe("1");
    expect(await evaluate("register(lingering, spawn(counter_server, loop, [])), ok")).toBe("ok");
    const plan = (await host.json("upgrade", "relex", builds.tarball("2"), "--dry-run")) as { plan: unknown };
    expect(plan.plan).toMatchObject({
      from: "1",
      to: "2",
      direction: "up",
      applications: [{ name: "counter", from: "1", to: "2" }],
      loaded: ["counter_server", "counter_lib"],
      suspended: [{ module: "counter_server", processes: 1, codeChange: true }],
      canGoBack: true,
      killed: [{ process: containing("lingering"), module: "counter_server", reason: "executing" }],
      parameters: null,
    });
    expect(existsSync(host.join("opt/relex/lib/counter-2"))).toBe(false);
    await evaluate("lingering ! stop");

    const up = await host.enit("upgrade", "relex", builds.tarball("2"));
    expect(up.stdout).toStartWith(`release relex 1 -> 2 [${host.vm()?.node}] (pid ${pid}, permanent)\n`);
    expect(up).toMatchObject({ stderr: containing("verifying version 2\n"), exitCode: 0 });
    expect(await evaluate("{counter_server:version(counter), counter_server:count(counter)}")).toBe('{"2",2}');
    expect(await evaluate("lists:sort(application:get_all_env(counter))")).toBe("[{host,1},{shipped,2},{step,6}]");
    expect(await host.json("upgrade", "relex", builds.tarball("3"), "--no-permanent")).toMatchObject({
      from: "2",
      to: "3",
      permanent: false,
      pid,
    });
    expect(await states()).toEqual(["3 current", "2 permanent", "1 old"]);
    expect((await host.enit("rollback", "relex")).stdout).toContain("release relex 3 -> 2");
    expect((await host.enit("rollback", "relex", "1")).stdout).toContain("release relex 2 -> 1");
    expect(await states()).toEqual(["3 old", "2 old", "1 permanent"]);
    expect(await evaluate("{counter_server:version(counter), counter_server:count(counter)}")).toBe('{"1",3}');
    expect(await evaluate("lists:sort(application:get_all_env(counter))")).toBe("[{host,1},{step,5}]");
    expect(await host.json("upgrade", "relex", "2", "--dry-run")).toMatchObject({
      plan: {
        parameters: [
          {
            application: "counter",
            changed: [{ key: "step", old: "5", new: "6", restored: false }],
            added: [{ key: "shipped", new: "2", restored: false }],
            removed: [],
          },
        ],
      },
    });
    expect((await host.enit("upgrade", "relex", "2")).exitCode).toBe(0);
    expect((await host.enit("restart", "relex")).stdout).toContain("started release relex 2 ");
    expect(await evaluate("{counter_server:version(counter), counter_server:count(counter)}")).toBe('{"2",1}');
    expect(await host.json("reconfigure", "relex", "--dry-run")).toMatchObject({ changed: false });
  });

  test("tell the hooks", async () => {
    expect(readFileSync(host.join("hooks"), "utf8").split("\n").slice(0, 4)).toEqual([
      "upgrade:install 1 2",
      "upgrade:installed 1 2 true",
      "upgrade:install 2 3",
      "upgrade:installed 2 3 false",
    ]);
  });

  inDetail("that fail leave things as they were, and the exit code is 1", async () => {
    expect((await host.enit("rollback", "relex", "1")).exitCode).toBe(0);
    // kernel completes this when it starts, so that it holds another value than it was given.
    host.write(
      "etc/enit/relex/logger.config",
      "{kernel, [{logger, [{handler, default, logger_std_h, #{config => #{type => standard_error}}}]}]}.\n",
    );
    expect((await host.enit("restart", "relex")).exitCode).toBe(0);
    const before = await states();
    const forgotten = await host.enit("upgrade", "relex", builds.tarball("2-forgotten"));
    expect([forgotten.exitCode, forgotten.stdout]).toEqual([1, ""]);
    expect(forgotten.stderr).toEndWith(
      'enit: cannot upgrade "relex" from 1 to 2-forgotten: module counter_lib is still that of counter 1; ' +
        "it went back, 1 runs as before\n",
    );
    const thrown = await host.enit("upgrade", "relex", builds.tarball("2-throw"), "--json");
    expect(JSON.parse(thrown.stdout)).toMatchObject({
      ok: false,
      error: {
        code: "upgrade_failed",
        data: { from: "1", to: "2-throw", restored: true, restarted: true, running: "1" },
      },
    });
    expect(await states()).toEqual(before);
    expect(await evaluate("{counter_server:version(counter), application:get_env(counter, host)}")).toBe(
      '{"1",{ok,1}}',
    );
    expect(existsSync(host.join("opt/relex/releases/2-throw"))).toBe(false);
    expect(readFileSync(host.join("hooks"), "utf8")).toContain("upgrade:failed 1 2-throw true\n");
  });

  inDetail("end as they end where a hook throws afterwards", async () => {
    const before = await states();
    const objector = host.write("etc/enit/plugins/objector.ts", OBJECTOR);
    const failed = await host.enit("upgrade", "relex", builds.tarball("2-forgotten"));
    expect(failed.exitCode).toBe(1);
    expect(failed.stderr).toContain('cannot go on after "upgrade:failed" of the plugin "objector": not so');
    expect(failed.stderr).toEndWith("it went back, 1 runs as before\n");
    const installed = await host.enit("upgrade", "relex", "2");
    expect(installed).toMatchObject({
      exitCode: 1,
      stderr: containing('cannot go on after "upgrade:installed" of the plugin "objector": not so'),
    });
    rmSync(objector);
    expect(await states()).toContain("2 permanent");
    expect(readFileSync(host.join("opt/relex/releases/start_erl.data"), "utf8")).toEndWith(" 2");
    expect((await host.enit("rollback", "relex", "1")).exitCode).toBe(0);
    expect(await states()).toEqual(before);
  });

  inDetail("that cannot be done are refused before anything changes", async () => {
    const before = await states();
    const cases: readonly (readonly [args: string[], exitCode: number, text: string])[] = [
      [["upgrade", "relex", "1"], 1, 'cannot install 1 of "relex": it runs already, and is permanent'],
      [["upgrade", "relex", "9"], 2, 'cannot find version 9 of "relex": it is not on this host\nKnown are 3, 2, 1.'],
      [["upgrade", "relex", builds.tarball("3")], 1, "no relup has the way from 1"],
      [["upgrade", "relex", builds.tarball("2-restart")], 126, "its relup starts the emulator anew"],
      [["upgrade", "relex", "/nowhere.tar.gz"], 3, 'cannot read "/nowhere.tar.gz": there is no such file or directory'],
      [["upgrade", "relex", host.write("bad.tar.gz", "bad")], 2, "it is no whole gzip file"],
      [["upgrade", "relex"], 255, "FILE.tar.gz|VERSION"],
      [["rollback", "relex"], 1, "there is no version before 1 to go to"],
      [["rollback", "relex", "8"], 2, "cannot find version 8"],
      [["releases", "relex", "--remove", "1"], 1, 'cannot remove version 1 of "relex": it runs'],
      [["releases", "relex", "--remove", "8"], 2, "cannot find version 8"],
    ];
    for (const [args, exitCode, text] of cases) {
      const run = await host.enit(...args);
      expect({ args, ...run }).toMatchObject({ args, exitCode, stderr: containing(text) });
    }
    expect(await states()).toEqual(before);
  });

  inDetail("go to no version whose libraries are gone, which can be removed", async () => {
    rmSync(host.join("opt/relex/lib/counter-2"), { recursive: true });
    const run = await host.enit("upgrade", "relex", "2");
    expect(run).toMatchObject({ exitCode: 1, stderr: containing("its libraries counter-2 are gone") });
    for (const version of ["3", "2"]) {
      expect(await host.enit("releases", "relex", "--remove", version)).toMatchObject({ exitCode: 0, stderr: "" });
    }
    expect(await states()).toEqual(["1 permanent"]);
  });

  inDetail("fill in the configuration that came with variables", async () => {
    expect((await host.enit("upgrade", "relex", builds.tarball("2"), "--no-permanent")).exitCode).toBe(0);
    expect((await host.enit("rollback", "relex")).exitCode).toBe(0);
    writeFileSync(host.join("opt/relex", SOURCE), '[{counter, [{step, ${STEP}}, {name, <<"${NAME:-none}">>}]}].\n');
    const missing = await host.enit("upgrade", "relex", "2");
    expect(missing).toMatchObject({ exitCode: 2, stderr: containing("the variable STEP is not set") });
    expect(await evaluate("counter_server:version(counter)")).toBe('"1"');
    host.write("etc/enit/relex/variables.config", '{node, [{env, [{"STEP", "17"}]}]}.\n');
    expect((await host.enit("upgrade", "relex", "2")).exitCode).toBe(0);
    expect(await evaluate("lists:sort(application:get_all_env(counter))")).toBe(
      '[{host,1},{name,<<"none">>},{step,17}]',
    );
  });

  inDetail("go down to a version that has to be unpacked, by the relup of what runs", async () => {
    expect((await host.enit("upgrade", "relex", builds.tarball("3"))).exitCode).toBe(0);
    expect((await host.enit("releases", "relex", "--remove", "2")).exitCode).toBe(0);
    expect(await host.json("upgrade", "relex", builds.tarball("2"), "--dry-run")).toMatchObject({
      plan: { from: "3", to: "2", direction: "down", canGoBack: true, suspended: [{ module: "counter_server" }] },
    });
    const down = await host.enit("upgrade", "relex", builds.tarball("2"));
    expect(down).toMatchObject({ exitCode: 0, stdout: containing("release relex 3 -> 2 ") });
    expect(await evaluate("counter_server:version(counter)")).toBe('"2"');
    expect(await states()).toEqual(["2 permanent", "3 old", "1 old"]);
  });
});

test.if(process.geteuid?.() === 0)("a VM of another user is upgraded once the release is that user's", async () => {
  using builds = await buildVersions(systemOtp(), { vsn: "1" }, [goodVersion("2")]);
  await using host = await packagedHost(builds);
  const root = host.join("opt", "relex");
  host.write("etc/enit/relex/user.config", `{node, [{cookie, "${COOKIE}"}, {run_as_user, "daemon"}]}.\n`);
  expect((await host.enit("start", "relex")).exitCode).toBe(0);
  const before = readdirSync(root, { recursive: true });
  for (const flags of [["--dry-run"], []]) {
    const refused = await host.enit("upgrade", "relex", builds.tarball("2"), ...flags);
    const stderr = containing(`the user of its VM may not write ${root}/releases`);
    expect(refused).toMatchObject({ exitCode: 1, stderr });
  }
  expect(readdirSync(root, { recursive: true })).toEqual(before);
  expect(Bun.spawnSync(["chown", "-R", "daemon", root]).exitCode).toBe(0);
  expect((await host.enit("upgrade", "relex", builds.tarball("2"))).exitCode).toBe(0);
  expect(statSync(join(root, "releases/2/relup")).uid).toBe(statSync(root).uid);
});

/** A plugin whose hooks throw once an upgrade is over. */
const OBJECTOR = `import { definePlugin } from "enit/plugin";
const object = async () => {
  throw new Error("not so");
};
export default definePlugin({
  name: "objector",
  api: 1,
  hooks: { "upgrade:installed": object, "upgrade:failed": object },
});
`;

/** A plugin that writes down the hooks of upgrades. */
const RECORDER = `import { definePlugin } from "enit/plugin";
import { appendFileSync } from "node:fs";
const note = (...words) => appendFileSync(process.env.HOME + "/../hooks", words.join(" ") + "\\n");
export default definePlugin({
  name: "recorder",
  api: 1,
  hooks: {
    "upgrade:install": async (ctx, { from, to }) => note("upgrade:install", from, to),
    "upgrade:installed": async (ctx, { from, to, permanent }) => note("upgrade:installed", from, to, permanent),
    "upgrade:failed": async (ctx, { from, to, restored }) => note("upgrade:failed", from, to, restored),
  },
});
`;
