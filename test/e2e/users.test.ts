/** Root runs releases as others, and others run their own. All of it needs root, who alone can become somebody else. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, chownSync, cpSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { findRunningVm } from "../../src/vm/index.ts";
import { COOKIE, HOST, type ReleaseHost, releaseHost } from "../support/release-host.ts";
import { canMount, inMountNamespace } from "../support/namespace.ts";
import { ENIT, type Run, runEnit } from "../support/run-enit.ts";

const isRoot = process.geteuid?.() === 0;
const NOBODY = 65_534;

let host: ReleaseHost;

beforeAll(async () => {
  host = await releaseHost();
  // What belongs to the tests need not be open to everyone.
  cpSync(ENIT, host.join("bin/enit"));
});

afterAll(() => host[Symbol.asyncDispose]());

/** A field of `/proc/PID/status`, its numbers. */
function statusOf(pid: number | undefined, field: string): number[] {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const values = new RegExp(`^${field}:\\s*(.*?)\\s*$`, "m").exec(status)?.[1] ?? "";
  return values
    .split(/\s+/)
    .filter((value) => value !== "")
    .map(Number);
}

describe.if(isRoot)("root", () => {
  test("runs a release as another user: uid, gid, supplementary groups, HOME; and the files are that user's", async () => {
    host.define("other", { user: '{node, [{run_as_user, "daemon"}]}.\n' });
    const group = readFileSync("/etc/group", "utf8");
    const extra = host.write(
      "group",
      `${group}enit_extra:x:47110:daemon\nenit_more:x:47111:root,daemon\nenit_none:x:47112:root\n`,
    );
    const run = canMount
      ? await host.enitWith(inMountNamespace(`mount --bind ${extra} /etc/group`), "start", "other")
      : await host.enit("start", "other");
    const vm = host.vm("other");
    expect(run).toEqual({
      stdout: `started release other 1.0 [other@${HOST}] (pid ${vm?.pid})\n`,
      stderr: "",
      exitCode: 0,
    });
    expect(statusOf(vm?.pid, "Uid")).toEqual([1, 1, 1, 1]);
    expect(statusOf(vm?.pid, "Gid")).toEqual([1, 1, 1, 1]);
    expect(statusOf(vm?.pid, "Groups")).toEqual(canMount ? [1, 47110, 47111] : [1]);

    const home = await host.enit("eval", "other", '{os:getenv("HOME"), os:getenv("USER"), file:get_cwd()}');
    expect(home.stdout).toBe('{"/usr/sbin","daemon",{ok,"/usr/sbin"}}\n');
    const state = host.stateDir("other");
    expect(statSync(`${state}/home/.erlang.cookie`)).toMatchObject({ uid: 1, mode: 0o100400 });
    expect(statSync(`${state}/releases/1.0/sys.config`)).toMatchObject({ uid: 1, mode: 0o100600 });
    expect(statSync(state)).toMatchObject({ uid: 0, mode: 0o40755 });
  });

  test("reconfigures and stops what runs as another", async () => {
    host.write("etc/enit/other/z.config", "{relex_application, [{frozzle_timeout, 1}]}.\n");
    expect((await host.enit("reconfigure", "other")).exitCode).toBe(0);
    expect((await host.enit("reconfigure", "other")).stdout).toBe("reconfigure: config unchanged\n");
    expect(statSync(`${host.stateDir("other")}/releases/1.0/sys.config`)).toMatchObject({ uid: 1, mode: 0o100600 });
    expect((await host.enit("stop", "other")).exitCode).toBe(0);
  });

  test("whose files nobody else may read runs a release that can still call itself from Erlang", async () => {
    host.define("private", { user: '{node, [{run_as_user, "daemon"}]}.\n' });
    const file = host.join("etc/enit/private/user.config");
    chmodSync(file, 0o600);
    const options = { program: host.join("bin/enit"), env: host.env };
    expect((await runEnit(["--root", host.root, "start", "private"], options)).exitCode).toBe(0);
    const asked = '{enit:call("private", [], erlang, node, []), enit:get_config("private", [])}';
    expect((await host.enit("eval", "private", asked)).stdout.replaceAll(/\n */g, "")).toBe(
      `{private@${HOST},{error,{unreadable,"cannot read \\"${file}\\": permission denied"}}}`,
    );
    expect((await host.enit("stop", "private")).exitCode).toBe(0);
  });

  test("runs a release with a group of its own, also of the user root", async () => {
    host.define("grouped", { user: '{node, [{run_as_group, "adm"}]}.\n' });
    await host.json("start", "grouped");
    const vm = host.vm("grouped");
    expect([statusOf(vm?.pid, "Uid")[0], statusOf(vm?.pid, "Gid")[0], statusOf(vm?.pid, "Groups")]).toEqual([
      0,
      4,
      [4],
    ]);
  });

  test("a user who may not read the applications is named", async () => {
    host.define("closed", { user: '{node, [{run_as_user, "nobody"}]}.\n' });
    chmodSync(host.join("run/enit"), 0o700);
    try {
      const { stdout, stderr, exitCode } = await host.enit("start", "closed");
      expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 1 });
      expect(stderr).toStartWith(
        `enit: cannot read "${host.stateDir("closed")}/agent.settings" as user "nobody": permission denied\n`,
      );
    } finally {
      chmodSync(host.join("run/enit"), 0o755);
    }
  });
});

describe.if(isRoot)("another user than root", () => {
  function asNobody(...args: string[]): Promise<Run> {
    const user = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
    return runEnit([...user, host.join("bin/enit"), "--root", host.root, ...args], {
      program: Bun.which("setpriv") ?? "",
      env: { ...host.env, HOME: host.join("nobody") },
      cwd: "/",
    });
  }

  beforeAll(() => {
    host.define("relex");
    mkdirSync(host.join("nobody/state"), { recursive: true });
    chownSync(host.join("nobody"), NOBODY, NOBODY);
    chownSync(host.join("nobody/state"), NOBODY, NOBODY);
  });

  test("runs releases of their own", async () => {
    const state = ["--state-dir", host.join("nobody/state")];
    const started = await asNobody("start", "relex", ...state);
    expect({ ...started, stdout: "" }).toEqual({ stdout: "", stderr: "", exitCode: 0 });
    expect(started.stdout).toStartWith("started release relex 1.0 ");
    expect((await asNobody("call", "relex", "erlang", "node", ...state)).stdout).toBe(`relex@${HOST}\n`);
    const { stdout } = await asNobody("eval", "relex", 'os:cmd("id -u; id -G; pwd")', ...state);
    expect(stdout).toBe(`"${NOBODY}\\n${NOBODY}\\n${host.join("nobody")}\\n"\n`);
    expect((await asNobody("stop", "relex", ...state)).exitCode).toBe(0);
  });

  test("keeps a release from being run by root, and all that is in its state directory", async () => {
    const flags = ["relex", "--state-dir", host.join("nobody/state")];
    expect((await asNobody("start", ...flags)).exitCode).toBe(0);
    const vm = findRunningVm(host.join("nobody/state/relex"));
    const refused = {
      stdout: "",
      stderr:
        `enit: cannot start "relex" as user "root": the state directory "${host.join("nobody/state/relex")}" is that of user "nobody"\n` +
        'Run enit as that user, or have them named: {node, [{run_as_user, "nobody"}]}.\n',
      exitCode: 1,
    };
    expect(await host.enit("restart", ...flags)).toEqual(refused);
    expect(findRunningVm(host.join("nobody/state/relex"))).toEqual(vm);

    expect((await host.enit("update", ...flags)).stderr).toBe("");
    expect((await host.enit("stop", ...flags)).exitCode).toBe(0);
    for (const command of ["start", "startfg"]) expect(await host.enit(command, ...flags)).toEqual(refused);
    const { stdout } = Bun.spawnSync(["find", host.join("nobody/state"), "-user", "root"]);
    expect(stdout.toString()).toBe("");
  });

  test("is told what of another user's is in their way", async () => {
    host.write("nobody/state/blocked/log", "");
    const stateDir = host.join("nobody/state/blocked");
    chownSync(stateDir, NOBODY, NOBODY);
    chmodSync(`${stateDir}/log`, 0o600);
    host.define("blocked");
    expect(await asNobody("start", "blocked", "--state-dir", host.join("nobody/state"))).toEqual({
      stdout: "",
      stderr:
        `enit: cannot write to the state directory "${stateDir}": permission denied\n` +
        `Have "${stateDir}/log" removed by whose it is, or name another one with --state-dir.\n`,
      exitCode: 3,
    });
  });

  test("is told what they may not do", async () => {
    const stateDir = `cannot write to the state directory "${host.join("run/enit/relex")}": permission denied
Run enit as the user who owns it, or name another one with --state-dir.\n`;
    const fails = async (stderr: string, exitCode: number, ...args: string[]): Promise<void> => {
      expect(await asNobody(...args)).toEqual({ stdout: "", stderr: `enit: ${stderr}`, exitCode });
    };
    await fails(stateDir, 3, "start", "relex");
    await host.json("start", "relex");
    const another = "its VM runs as another user\nRun enit as root or as the user of the VM.\n";
    await fails(`cannot stop "relex": ${another}`, 1, "stop", "relex");
    const sysConfig = host.join("run/enit/relex/releases/1.0/sys.config");
    const notTheirs = `cannot read "${sysConfig}": permission denied\nRun enit as root or as the user to whom the file belongs.\n`;
    await fails(notTheirs, 3, "reconfigure", "relex");
    await fails(`cannot stop "relex": ${another}`, 1, "restart", "relex");
    await fails(
      'cannot open a shell on "relex": its VM runs as another user\nRun enit as root or as the user of the VM.\n',
      1,
      "remsh",
      "relex",
    );

    host.define("user", { user: '{node, [{run_as_user, "daemon"}]}.\n' });
    await fails(
      'cannot run as user "daemon": only root may run a release as somebody else\n' +
        "Run enit as root, or leave out run_as_user and run_as_group.\n",
      1,
      "start",
      "user",
      "--state-dir",
      host.join("nobody/state"),
    );

    host.define("secret");
    const file = host.join("etc/enit/secret/user.config");
    chmodSync(file, 0o600);
    const unreadable = `cannot read "${file}": permission denied\nRun enit as root or as the user to whom the file belongs.\n`;
    await fails(unreadable, 3, "start", "secret");
    const listed = await asNobody("list");
    expect(listed.exitCode).toBe(0);
    expect(listed.stdout).toContain(`\n* secret (not running) cannot read "${file}": permission denied\n`);
    expect(listed.stdout).not.toContain(COOKIE);
  });

  test("is told that a unit of the system runs a release as root", async () => {
    expect((await asNobody("systemd", "relex")).stderr).toBe(
      "warning: a unit of the system runs relex as root; " +
        "--user prints a unit for systemctl --user, and run_as_user says who else is to run it\n",
    );
    expect((await asNobody("systemd", "relex", "--user")).stderr).toBe("");
  });

  test("is told of what lies where they may not look", async () => {
    host.write("private/in/plugin.toml", "");
    const closed = host.join("private");
    chmodSync(closed, 0o700);
    const denied = async (stderr: string, ...args: string[]): Promise<void> => {
      expect(await asNobody(...args)).toEqual({ stdout: "", stderr: `enit: ${stderr}\n`, exitCode: 3 });
    };
    const another = "Run enit as the user who owns it, or name another one with --state-dir.";
    const state = `cannot read the state directory "${closed}/relex": permission denied\n${another}`;
    await denied(state, "start", "relex", "--state-dir", closed);
    const file = `cannot read "${closed}/x": permission denied\nRun enit as root or as the user to whom the file belongs.`;
    await denied(file, "lint", `${closed}/x`, `${closed}/y`);
    await denied(file, "knit-build", "-r", `${closed}/x`);
    expect((await asNobody("list", "--plugin-dir", closed)).stderr).toBe(
      `warning: cannot look for plugins in "${closed}" (--plugin-dir): permission denied\n`,
    );
    chmodSync(closed, 0o755);
    chmodSync(`${closed}/in`, 0o700);
    expect((await asNobody("list", "--plugin-dir", closed)).stderr).toBe(
      `warning: cannot load plugin "in" (${closed}/in/plugin.toml): its plugin.toml cannot be read: permission denied\n`,
    );
  });

  test("is told of directories that they may not look into, and sees all other releases", async () => {
    host.define("barred");
    const directory = host.join("var/lib/enit/barred");
    const stateDir = host.stateDir("barred");
    const definition = `cannot read "${directory}/release.enit": permission denied`;
    const state = `cannot read the state directory "${stateDir}": permission denied`;
    chmodSync(directory, 0o744);
    const { stdout } = await asNobody("list");
    expect(stdout).toContain(`* barred (not running) ${definition}\n`);
    rmSync(host.join("var/lib/enit/barred/defaults.config"));
    expect((await asNobody("list")).stdout).toBe(stdout);
    chmodSync(directory, 0o755);
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    expect((await asNobody("list")).stdout).toContain(`* barred (unknown) ${state}\n`);
    expect(await asNobody("status", "barred")).toEqual({
      stdout: "",
      stderr: `enit: ${state}\nRun enit as the user who owns it, or name another one with --state-dir.\n`,
      exitCode: 3,
    });
  });
});
