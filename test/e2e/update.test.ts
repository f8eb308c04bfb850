import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { containing } from "../support/containing.ts";
import { readLines } from "../support/lines.ts";
import { otpInstallations, type OtpInstallation, systemOtp } from "../support/otp.ts";
import { HOST, type ReleaseHost, releaseHost } from "../support/release-host.ts";
import { type StockMaker, stockMaker } from "../support/stock.ts";

let stock: StockMaker;

/** A module that nobody calls. */
const IDLE = { stock_idle: "-export([told/0]).\ntold() -> once.\n" };

beforeAll(async () => {
  stock = await stockMaker();
});

afterAll(() => stock[Symbol.asyncDispose]());

/** A host on which the release `relex` 1.0 runs `stock` 1.0. */
async function runningHost(otp: OtpInstallation = systemOtp(), modules = {}): Promise<ReleaseHost> {
  const host = await releaseHost(otp);
  await stock.install(host.join("lib"), "1.0", { modules });
  host.define("relex", { applications: "[sasl, stock]" });
  await host.json("start", "relex");
  return host;
}

/** What the server says: the version of its code, that of its start, those that it changed from, the last one first. */
async function seen(host: ReleaseHost): Promise<string> {
  return (await host.enit("call", "relex", "stock_server", "get")).stdout.replaceAll(/\s+/g, "");
}

async function evaluate(host: ReleaseHost, expressions: string): Promise<string> {
  const { stdout, stderr } = await host.enit("eval", "relex", expressions);
  return stderr === "" ? stdout.replaceAll(/\s+/g, "") : stderr;
}

function versions(host: ReleaseHost): string[] {
  return readdirSync(join(host.stateDir(), "releases"))
    .filter((name) => name.startsWith("1.0"))
    .sort();
}

describe.each(otpInstallations())("on OTP $major", (otp) => {
  test("update takes up a new version of an application, and rollback goes back, in the same process", async () => {
    await using host = await runningHost(otp);
    const { pid } = host.vm() ?? {};
    expect(await host.enit("update", "relex")).toEqual({
      stdout: "nothing to update: release relex 1.0 runs what is installed\n",
      stderr: "",
      exitCode: 0,
    });
    await stock.install(host.join("lib"), "1.1", {
      modules: { stock_new: "-export([hello/0]).\nhello() -> world.\n" },
    });
    host.write("etc/enit/relex/z.config", "{stock, [{size, 3}]}.\n{kernel, [{logger_level, info}]}.\n");
    expect(await evaluate(host, "application:set_env(stock, own, 1)")).toBe("ok");

    const parameters = [
      {
        application: "kernel",
        changed: [{ key: "logger_level", old: "notice", new: "info", restored: false }],
        added: [],
        removed: [],
      },
      {
        application: "stock",
        changed: [{ key: "size", old: "1", new: "3", restored: false }],
        added: [],
        removed: [{ key: "own", old: "1" }],
      },
    ];
    const change = { application: "stock", from: "1.0", to: "1.1", appup: "made" };
    const planned = await host.json("update", "relex", "--dry-run");
    expect(planned).toMatchObject({
      dryRun: true,
      from: "1.0",
      to: "1.0+2",
      applications: [{ ...change, modules: { added: ["stock_new"], changed: ["stock_server"], removed: [] } }],
      plan: { suspended: [{ module: "stock_server", processes: 1, codeChange: true }], canGoBack: true, parameters },
    });
    expect((await host.enit("update", "relex", "--dry-run")).stdout).toContain(
      "\n  stock\n   ~ size = 3  (was 1)\n   - own  (was 1)\n",
    );
    expect(await seen(host)).toBe('{"1.0","1.0",[]}');
    expect(versions(host)).toEqual(["1.0"]);

    const updated = await host.enit("update", "relex");
    expect(updated).toMatchObject({
      stdout: containing(`updated release relex 1.0 -> 1.0+2 [relex@${HOST}] (pid ${pid})`),
      stderr: containing("verifying version 1.0+2\n"),
      exitCode: 0,
    });
    expect(await seen(host)).toBe('{"1.1","1.0",["1.0"]}');
    expect(await evaluate(host, "{stock_new:hello(), application:get_all_env(stock)}")).toBe("{world,[{size,3}]}");
    expect(host.vm()).toMatchObject({ pid, version: "1.0+2" });
    expect(await host.json("status", "relex")).toMatchObject({ version: "1.0+2" });
    expect(await host.json("list")).toMatchObject([{ version: "1.0+2", state: "running" }]);
    expect(await host.enit("update", "relex")).toMatchObject({ stdout: containing("nothing to update"), exitCode: 0 });
    expect((await host.enit("reconfigure", "relex")).stdout).toBe("reconfigure: config unchanged\n");

    expect(await host.enit("rollback", "relex", "--no-permanent")).toMatchObject({ exitCode: 0 });
    expect(await seen(host)).toBe('{"1.0","1.0",[{down,"1.0"},"1.0"]}');
    const settings = join(host.stateDir(), "agent.settings");
    expect(readFileSync(settings, "utf8")).toContain('release => {"relex","1.0+2"}');
    expect(await host.enit("rollback", "relex", "1.0")).toMatchObject({ exitCode: 0 });
    expect(readFileSync(settings, "utf8")).toContain('release => {"relex","1.0"}');
    expect(host.vm()).toMatchObject({ pid, version: "1.0" });

    expect((await host.enit("restart", "relex")).exitCode).toBe(0);
    expect(await seen(host)).toBe('{"1.1","1.1",[]}');
    expect(versions(host)).toEqual(["1.0"]);
  });
});

describe("applications that come and go", () => {
  let host: ReleaseHost;

  beforeAll(async () => {
    host = await runningHost();
  });

  afterAll(() => host[Symbol.asyncDispose]());

  test("an extension that is added starts its applications, and stops them when it goes", async () => {
    host.write("etc/enit/relex/more.config", "{extension, more, [{applications, [relex_application]}]}.\n");
    expect((await host.enit("update", "relex")).stdout).toContain("\n + relex_application 1.0.1\n");
    const started = "proplists:get_value(relex_application, proplists:get_value(started, application:info()))";
    expect(await evaluate(host, `{${started}, relex_server:count()}`)).toBe("{permanent,1}");
    // What would start, should the VM boot anew.
    expect(readFileSync(join(host.stateDir(), "agent.settings"), "utf8")).toContain("{relex_application,permanent}");

    rmSync(host.join("etc/enit/relex/more.config"));
    expect((await host.enit("update", "relex")).stdout).toContain("\n - relex_application 1.0.1\n");
    expect(await evaluate(host, `{${started}, code:is_loaded(relex_server)}`)).toBe("{undefined,false}");
    expect(await host.enit("update", "relex")).toMatchObject({ stdout: containing("nothing to update") });
  });

  test("an application that does not start is taken out again, and the VM goes on", async () => {
    const before = host.vm();
    host.write(
      "etc/enit/relex/more.config",
      "{extension, more, [{applications, [relex_application]}]}.\n{relex_application, [{on_start, {error, because}}]}.\n",
    );
    const { stderr, exitCode } = await host.enit("update", "relex");
    expect({ stderr, exitCode }).toMatchObject({
      stderr: containing(
        `application relex_application does not run; it went back, ${before?.version} runs as before\n` +
          `What the VM said meanwhile is in ${join(host.stateDir(), "log")}\n`,
      ),
      exitCode: 1,
    });
    expect(host.vm()).toEqual(before);
    expect(await seen(host)).toBe('{"1.0","1.0",[]}');
    const state = await evaluate(host, "length(release_handler:which_releases(unpacked))");
    expect(state).toBe("0");
    rmSync(host.join("etc/enit/relex/more.config"));
  });
});

describe("where a package takes the place of the one before", () => {
  /** A host on which `stock` 1.0 lies in a directory without a version. */
  async function hostWithPlainDirectory(node = ""): Promise<ReleaseHost> {
    const host = await releaseHost();
    await stock.install(host.join("lib"), "1.0", { directory: "stock" });
    host.define("relex", { applications: "[sasl, stock]", defaults: `{node, [${node}]}.\n` });
    await host.json("start", "relex");
    return host;
  }

  test("update and rollback use the code that was kept", async () => {
    await using host = await hostWithPlainDirectory();
    const { pid } = host.vm() ?? {};
    rmSync(host.join("lib/stock"), { recursive: true });
    await stock.install(host.join("lib"), "1.1", { directory: "stock" });
    expect(await host.json("update", "relex")).toMatchObject({ from: "1.0", to: "1.0+2", pid });
    expect(await seen(host)).toBe('{"1.1","1.0",["1.0"]}');
    const place = (version: string, ...names: string[]): string => join(host.stateDir(), ...names, `stock-${version}`);
    expect(await evaluate(host, "code:lib_dir(stock)")).toBe(`"${place("1.1", "releases", "1.0+2", "lib")}"`);

    // As dpkg does: the next one has a directory of its own, and that of the old one is gone.
    rmSync(host.join("lib/stock"), { recursive: true });
    await stock.install(host.join("lib"), "1.2");
    expect(await host.json("update", "relex")).toMatchObject({ from: "1.0+2", to: "1.0+3", pid });
    expect(await seen(host)).toBe('{"1.2","1.0",["1.1","1.0"]}');

    expect(await host.enit("rollback", "relex", "1.0")).toEqual({
      stdout: "",
      stderr:
        'enit: cannot upgrade "relex" to 1.0: no relup has the way from 1.0+3\n' +
        "Go by the versions between, one after the other: enit releases relex\n",
      exitCode: 1,
    });
    expect(await host.enit("rollback", "relex", "--dry-run")).toMatchObject({ exitCode: 0 });
    expect(await host.enit("rollback", "relex")).toMatchObject({ exitCode: 0 });
    expect(await seen(host)).toBe('{"1.1","1.0",[{down,"1.1"},"1.1","1.0"]}');
    expect(await evaluate(host, "code:lib_dir(stock)")).toBe(`"${place("1.1", "kept")}"`);
    expect(await host.enit("rollback", "relex")).toMatchObject({ exitCode: 0 });
    expect(await seen(host)).toBe('{"1.0","1.0",[{down,"1.0"},{down,"1.1"},"1.1","1.0"]}');
    expect(host.vm()).toMatchObject({ pid, version: "1.0" });
  });

  test("a process that holds a fun of the old code keeps it from being replaced, and lives on", async () => {
    await using host = await hostWithPlainDirectory();
    expect(await evaluate(host, "register(keeper, spawn(stock_server, serve, []))")).toBe("true");
    rmSync(host.join("lib/stock"), { recursive: true });
    await stock.install(host.join("lib"), "1.1", { directory: "stock" });
    for (const _ of ["first", "second"]) {
      expect(await host.enit("update", "relex")).toMatchObject({
        stderr: containing("processes execute stock_server all the time, or hold funs of it"),
        exitCode: 1,
      });
      expect(await seen(host)).toBe('{"1.0","1.0",[]}');
    }
    expect(versions(host)).toEqual(["1.0"]);
    expect(await evaluate(host, "is_pid(whereis(keeper)) andalso exit(whereis(keeper), kill)")).toBe("true");
    expect((await host.enit("update", "relex")).exitCode).toBe(0);
    expect(await seen(host)).toBe('{"1.1","1.0",["1.0"]}');
  });

  test("a code_change that fails leaves a VM that has the old code", async () => {
    await using host = await hostWithPlainDirectory();
    rmSync(host.join("lib/stock"), { recursive: true });
    await stock.install(host.join("lib"), "1.1", { codeChange: "error({no, Made, Changes})" });
    const { stderr, exitCode } = await host.enit("update", "relex");
    expect({ stderr, exitCode }).toMatchObject({
      stderr: containing("the VM was started anew and runs 1.0"),
      exitCode: 1,
    });
    expect(await seen(host)).toBe('{"1.0","1.0",[]}');
    expect(versions(host)).toEqual(["1.0"]);

    // What was kept of the one that failed is not what runs after its repair.
    await stock.install(host.join("lib"), "1.1");
    expect((await host.enit("update", "relex")).exitCode).toBe(0);
    rmSync(host.join("lib/stock-1.1"), { recursive: true });
    await stock.install(host.join("lib"), "1.2");
    expect((await host.enit("update", "relex")).exitCode).toBe(0);
    expect(await seen(host)).toBe('{"1.2","1.0",["1.1","1.0"]}');
  });

  test("without keep_code the update says that the old code is gone", async () => {
    await using host = await hostWithPlainDirectory("{keep_code, false}");
    expect(existsSync(join(host.stateDir(), "kept"))).toBe(false);
    rmSync(host.join("lib/stock"), { recursive: true });
    await stock.install(host.join("lib"), "1.1", { directory: "stock" });
    const { stderr, exitCode } = await host.enit("update", "relex");
    expect({ stderr, exitCode }).toMatchObject({
      stderr: containing("does not hold the code of 1.0 any more, which runs (stock_server), so nothing"),
      exitCode: 1,
    });
    expect(await host.json("update", "relex", "--dry-run")).toMatchObject({
      obstacles: [{ kind: "old_code_gone", application: "stock" }],
    });
    const restarted = await host.enit("update", "relex", "--restart");
    expect(restarted).toMatchObject({ stdout: containing("restarted release relex 1.0"), exitCode: 0 });
    expect(await seen(host)).toBe('{"1.1","1.1",[]}');
  });
});

describe("what cannot be done while the release runs is said", () => {
  let host: ReleaseHost;

  beforeAll(async () => {
    host = await runningHost(systemOtp(), IDLE);
  });

  afterAll(() => host[Symbol.asyncDispose]());

  async function obstaclesNow(): Promise<unknown> {
    const { stdout, exitCode } = await host.enit("update", "relex", "--json");
    const { error } = JSON.parse(stdout) as { error: { code: string; data: { obstacles: unknown } } };
    expect({ code: error.code, exitCode }).toEqual({ code: "needs_restart", exitCode: 1 });
    return error.data.obstacles;
  }

  test("other code under the same version", async () => {
    await stock.install(host.join("lib"), "1.0", { codeChange: "{ok, {state, Made, Changes}}", modules: IDLE });
    expect(await obstaclesNow()).toEqual([
      {
        kind: "same_version",
        application: "stock",
        message: containing("has other code of stock_server than what runs, under the same version 1.0"),
      },
    ]);
    await stock.install(host.join("lib"), "1.0", { modules: IDLE });
    expect(await host.enit("update", "relex")).toMatchObject({ stdout: containing("nothing to update") });
  });

  test("other code under the same version in modules that were never loaded", async () => {
    await stock.install(host.join("lib"), "1.0", {
      modules: { stock_idle: IDLE.stock_idle.replace("once", "twice"), stock_late: IDLE.stock_idle },
    });
    expect(await obstaclesNow()).toEqual([
      {
        kind: "same_version",
        application: "stock",
        message: containing("has other code of stock_idle, stock_late than what runs, under the same version 1.0"),
      },
    ]);
    rmSync(host.join("lib/stock-1.0/ebin/stock_late.beam"));
    await stock.install(host.join("lib"), "1.0", { modules: IDLE });
    expect(await host.enit("update", "relex")).toMatchObject({ stdout: containing("nothing to update") });
  });

  test("an appup that cannot be made", async () => {
    await stock.install(host.join("lib"), "1.1", { attributes: "-knit_timeout(never)." });
    expect(await obstaclesNow()).toMatchObject([
      { kind: "no_way", application: "stock", message: containing("knit_timeout") },
    ]);
    expect((await host.enit("update", "relex", "--dry-run")).stdout).toContain(
      "only by a restart (--restart):\n ! stock",
    );
    rmSync(host.join("lib/stock-1.1"), { recursive: true });
  });

  test("an appup that wants the emulator anew", async () => {
    const appup = '{"1.1", [{"1.0", [restart_new_emulator]}], [{"1.0", [restart_new_emulator]}]}.\n';
    await stock.install(host.join("lib"), "1.1", { appup });
    expect(await obstaclesNow()).toMatchObject([{ kind: "no_way", message: containing("emulator started anew") }]);
    rmSync(host.join("lib/stock-1.1"), { recursive: true });
  });

  const other = otpInstallations().find(({ root }) => root !== systemOtp().root);
  test.skipIf(other === undefined)("another Erlang/OTP", async () => {
    const settings = host.join("etc/enit/enit.toml");
    const text = readFileSync(settings, "utf8");
    host.write("etc/enit/enit.toml", `${text}otp_root = "${other?.root}"\n`);
    const found = await obstaclesNow();
    expect(found).toContainEqual({ kind: "emulator", application: null, message: containing(String(other?.root)) });
    expect(found).toContainEqual({ kind: "core", application: "kernel", message: containing("kernel") });
    host.write("etc/enit/enit.toml", text);
  });

  test("an application that is not installed any more", async () => {
    renameSync(host.join("lib/stock-1.0"), host.join("lib/gone"));
    expect(await host.enit("update", "relex")).toMatchObject({ stderr: containing('"stock"'), exitCode: 2 });
    renameSync(host.join("lib/gone"), host.join("lib/stock-1.0"));
  });

  test("an application that starts in another way by now is told of", async () => {
    host.write("etc/enit/relex/more.config", "{extension, more, [{applications, [{crypto, load}]}]}.\n");
    expect((await host.enit("update", "relex")).exitCode).toBe(0);
    expect(await evaluate(host, "lists:keymember(crypto, 1, application:which_applications())")).toBe("false");
    host.write("etc/enit/relex/more.config", "{extension, more, [{applications, [crypto]}]}.\n");
    expect(await host.enit("update", "relex")).toMatchObject({
      stdout: containing("nothing to update"),
      stderr: "warning: crypto is load as long as the release runs, and permanent from its next start on.\n",
    });
    rmSync(host.join("etc/enit/relex/more.config"));
  });

  test("a release without sasl, and one that does not run", async () => {
    host.define("bare", { applications: "[relex_application]" });
    expect(await host.enit("update", "bare")).toMatchObject({ stderr: containing("it does not run"), exitCode: 1 });
    await host.json("start", "bare");
    expect(await host.enit("update", "bare")).toMatchObject({ stdout: containing("nothing to update"), exitCode: 0 });
    expect(await host.json("releases", "bare")).toMatchObject({ versions: [{ status: "permanent", running: true }] });
    host.write("etc/enit/bare/more.config", "{extension, more, [{applications, [relex_bundle]}]}.\n");
    expect(await host.enit("update", "bare")).toMatchObject({
      stderr: containing("the release has no sasl"),
      exitCode: 1,
    });
  });
});

describe("faults", () => {
  let host: ReleaseHost;

  beforeAll(async () => {
    host = await runningHost();
  });

  afterAll(() => host[Symbol.asyncDispose]());

  test("an enit that was killed before the installation: the next one begins afresh", async () => {
    await stock.install(host.join("lib"), "1.1");
    host.write(
      "plugins/deadly.ts",
      `import { definePlugin } from "enit/plugin";
       export default definePlugin({
         name: "deadly", api: 1, hooks: { "upgrade:install": async () => process.kill(process.pid, "SIGKILL") },
       });\n`,
    );
    const killed = await host.enit("--plugin-dir", host.join("plugins"), "update", "relex");
    expect(killed.exitCode).toBe(137);
    expect(versions(host)).toEqual(["1.0", "1.0+2"]);
    expect(await seen(host)).toBe('{"1.0","1.0",[]}');

    const updated = await host.enit("update", "relex");
    expect(updated).toMatchObject({ stderr: containing("removing what is left of version 1.0+2\n"), exitCode: 0 });
    expect(await seen(host)).toBe('{"1.1","1.0",["1.0"]}');
  });

  test("an enit that was killed before it noted an installation: the next one notes it", async () => {
    await stock.install(host.join("lib"), "1.2");
    const notes = ["vm.json", "agent.settings"].map((name) => join(host.stateDir(), name));
    const before = notes.map((file) => readFileSync(file));
    expect((await host.enit("update", "relex")).exitCode).toBe(0);
    notes.forEach((file, at) => writeFileSync(file, before[at] ?? ""));
    expect(host.vm()?.version).toBe("1.0+2");
    expect(await host.enit("update", "relex")).toMatchObject({ stdout: containing("nothing to update"), exitCode: 0 });
    expect(host.vm()?.version).toBe("1.0+3");
    expect(await seen(host)).toBe('{"1.2","1.0",["1.1","1.0"]}');
  });

  test("rollback says that the version before is not installed any more", async () => {
    rmSync(host.join("lib/stock-1.1"), { recursive: true });
    rmSync(join(host.stateDir(), "kept/stock-1.1"), { recursive: true });
    expect(await host.enit("rollback", "relex")).toMatchObject({ stderr: containing("stock-1.1"), exitCode: 1 });
    expect(await seen(host)).toBe('{"1.2","1.0",["1.1","1.0"]}');
  });

  test("an appup of the application, and the hook upgrade:appup, have the last word", async () => {
    const instructions = "[{load_module, stock_server}]";
    const appup = `{"1.3", [{<<"1\\\\.2.*">>, ${instructions}}], [{<<"1\\\\.2.*">>, ${instructions}}]}.\n`;
    await stock.install(host.join("lib"), "1.3", { appup });
    expect(await host.json("update", "relex")).toMatchObject({
      applications: [{ application: "stock", from: "1.2", to: "1.3", appup: "written" }],
    });
    expect(await seen(host)).toBe('{"1.3","1.0",["1.1","1.0"]}');
  });

  test("an enit that was killed while it verified: the next one does, and makes it permanent", async () => {
    await stock.install(host.join("lib"), "1.4");
    const update = host.spawn("update", "relex");
    for await (const line of readLines(update.stderr)) {
      if (line.startsWith("verifying version")) update.kill("SIGKILL");
    }
    await update.exited;
    expect(await host.enit("update", "relex")).toMatchObject({ stdout: containing("nothing to update"), exitCode: 0 });
    expect(await seen(host)).toBe('{"1.4","1.0",["1.3","1.1","1.0"]}');
    const { version } = host.vm() ?? {};
    expect(await evaluate(host, "[V || {_, V, _, permanent} <- release_handler:which_releases()]")).toBe(
      `["${version}"]`,
    );
  });

  test("a hook that throws after the installation: what is installed stays, and is noted", async () => {
    await stock.install(host.join("lib"), "1.5");
    host.write(
      "objecting/objector.ts",
      `import { definePlugin } from "enit/plugin";
       export default definePlugin({
         name: "objector", api: 1, hooks: {
           "upgrade:relup": (ctx, _, { release, from }) => ctx.log.info("relup " + from + " to " + release.version),
           "upgrade:installed": async () => { throw new Error("not so"); },
         },
       });\n`,
    );
    const former = host.vm()?.version;
    const run = await host.enit("--plugin-dir", host.join("objecting"), "update", "relex");
    expect(run.stderr).toContain(`relup ${former} to ${host.vm()?.version}\n`);
    expect(run).toMatchObject({
      stderr: containing('cannot go on after "upgrade:installed" of the plugin "objector": not so'),
      exitCode: 1,
    });
    expect(await seen(host)).toStartWith('{"1.5",');
    expect(await evaluate(host, "[V || {_, V, _, permanent} <- release_handler:which_releases()]")).toBe(
      `["${host.vm()?.version}"]`,
    );
  });
});
