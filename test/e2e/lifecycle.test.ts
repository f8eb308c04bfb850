import { afterAll, beforeAll, expect, test } from "bun:test";
import { aNumber, matching } from "../support/containing.ts";
import { COOKIE, HOST, type ReleaseHost, releaseHost } from "../support/release-host.ts";

let host: ReleaseHost;

beforeAll(async () => {
  host = await releaseHost();
  host.define("relex", { applications: "[sasl, runtime_tools, relex_application]" });
});

afterAll(() => host[Symbol.asyncDispose]());

const OFFLINE = `Release: relex
Version: 1.0
Node:    relex@${HOST}
Cookie:  ********

This node is currently offline.
`;

/** The words and the order of the first enit, which scripts read. */
const ONLINE = new RegExp(`^Release: relex
Version: 1\\.0
Node: {4}relex@${HOST}
Cookie: {2}\\*{8}

This node is currently online\\.

OTP: \\d+
Pid: \\d+
Uptime: (?:\\d+min )?\\d+sec
Connected Nodes:
Running Applications:
 kernel {12}[\\d.]+
 relex_application 1\\.0\\.1
 runtime_tools {5}[\\d.]+
 sasl {14}[\\d.]+
 stdlib {12}[\\d.]+
Memory Usage \\(erlang:memory/0\\):
 Total: {12}\\d+ MiB
 Processes: {8}\\d+ MiB
 Processes \\(used\\): \\d+ MiB
 System: {11}\\d+ MiB
 Atom: {13}\\d+ KiB
 Atom \\(used\\): {6}\\d+ KiB
 Binary: {11}\\d+ KiB
 Code: {13}\\d+ MiB
 ETS: {14}\\d+ KiB
$`);

test("status of a release that does not run is offline, with exit code 0", async () => {
  expect(await host.enit("status", "relex")).toEqual({ stdout: OFFLINE, stderr: "", exitCode: 0 });
  expect(await host.json("status", "relex")).toEqual({
    release: "relex",
    version: "1.0",
    node: `relex@${HOST}`,
    cookie: "********",
    extensions: [],
    online: false,
    state: "not running",
    status: null,
  });
});

test("start returns when every application runs; the other commands then find the VM", async () => {
  const started = await host.enit("start", "relex");
  const vm = host.vm();
  expect(started).toEqual({
    stdout: `started release relex 1.0 [relex@${HOST}] (pid ${vm?.pid})\n`,
    stderr: "",
    exitCode: 0,
  });
  expect(host.witness.events).toEqual(["{start,relex_application}"]);

  const status = await host.enit("status", "relex");
  expect({ ...status, stdout: "" }).toEqual({ stdout: "", stderr: "", exitCode: 0 });
  expect(status.stdout).toMatch(ONLINE);
  expect(status.stdout).toContain(`\nPid: ${vm?.pid}\n`);
  expect(await host.enit("list")).toEqual({
    stdout: `* relex 1.0 [relex@${HOST}] (running)\n`,
    stderr: "",
    exitCode: 0,
  });

  const names = ["kernel", "relex_application", "runtime_tools", "sasl", "stdlib"];
  expect(await host.json("status", "relex")).toMatchObject({
    online: true,
    state: "running",
    status: {
      state: "running",
      pid: vm?.pid,
      connectedNodes: [],
      startingApplications: [],
      runningApplications: names.map((name) => ({ name, version: matching(/^[\d.]+$/) })),
      memory: { total: aNumber(), ets: aNumber() },
    },
  });
});

test("status and config show the cookie on request alone", async () => {
  const shown = await host.enit("status", "relex", "--show-cookie");
  expect(shown.stdout).toContain(`\nCookie:  ${COOKIE}\n`);
  expect(await host.json("status", "relex", "--show-cookie")).toMatchObject({ cookie: COOKIE });
  expect((await host.enit("config", "relex", "--show-cookie")).stdout).toContain(`{cookie,"${COOKIE}"}`);
  for (const command of ["status", "config", "list", "systemd"]) {
    const { stdout, stderr } = await host.enit(command, ...(command === "list" ? [] : ["relex"]), "--verbose");
    expect(stdout + stderr).not.toContain(COOKIE);
  }
});

test("start of a release that runs says so, and leaves it alone", async () => {
  const pid = host.vm()?.pid;
  expect(await host.enit("start", "relex")).toEqual({
    stdout: "",
    stderr: `enit: cannot start "relex": it runs already (process ${pid})\nTo start it anew: enit restart relex\n`,
    exitCode: 1,
  });
  expect(await host.enit("startfg", "relex")).toEqual({
    stdout: "",
    stderr: `enit: cannot start "relex": it runs already (process ${pid})\nTo start it anew: enit restart relex\n`,
    exitCode: 1,
  });
  expect(host.vm()?.pid).toBe(pid);
});

test("restart stops the VM and starts another", async () => {
  const before = host.vm()?.pid;
  const restarted = await host.enit("restart", "relex");
  const after = host.vm()?.pid;
  expect(after).not.toBe(before);
  expect(restarted).toEqual({
    stdout: `stopped release relex (pid ${before})\nstarted release relex 1.0 [relex@${HOST}] (pid ${after})\n`,
    stderr: `waiting for node 'relex@${HOST}' to go down...\n`,
    exitCode: 0,
  });
});

test("restart leaves a release running whose files are broken", async () => {
  const pid = host.vm()?.pid;
  host.write("etc/enit/relex/broken.config", "{relex_application, [");
  const { stdout, stderr, exitCode } = await host.enit("restart", "relex");
  expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
  expect(stderr).toContain(`${host.join("etc/enit/relex/broken.config")}:1:`);
  expect(host.vm()?.pid).toBe(pid);
});

test("stop works with broken files, and returns when the process is gone", async () => {
  const pid = host.vm()?.pid;
  const stopped = await host.enit("stop", "relex");
  host.write("etc/enit/relex/broken.config", "");
  expect({ stdout: stopped.stdout, exitCode: stopped.exitCode }).toEqual({
    stdout: `stopped release relex (pid ${pid})\n`,
    exitCode: 0,
  });
  expect(stopped.stderr).toStartWith(`warning: cannot read "${host.join("etc/enit/relex/broken.config")}:1:`);
  expect(stopped.stderr).toEndWith(`Stopping it all the same.\nwaiting for node 'relex@${HOST}' to go down...\n`);
  expect(host.vm()).toBeUndefined();
  expect(host.witness.events.slice(-2)).toEqual(["{prep_stop,relex_application}", "{stop,relex_application}"]);
});

test("stop, reconfigure, call, eval and remsh say that a release does not run", async () => {
  const calls = {
    stop: ["stop", "relex"],
    reconfigure: ["reconfigure", "relex"],
    call: ["call", "relex", "erlang", "node"],
    eval: ["eval", "relex", "node()"],
    remsh: ["remsh", "relex"],
  };
  for (const args of Object.values(calls)) {
    const { stdout, stderr, exitCode } = await host.enit(...args);
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 1 });
    expect(stderr).toMatch(/^enit: cannot [\w ]+ "relex": it does not run\n/);
  }
  const failed = await host.enit("stop", "relex", "--json");
  expect(failed.exitCode).toBe(1);
  expect(JSON.parse(failed.stdout)).toMatchObject({ ok: false, error: { code: "not_running" } });
});

test("restart starts a release that does not run", async () => {
  const restarted = await host.enit("restart", "relex");
  expect(restarted).toEqual({
    stdout: `started release relex 1.0 [relex@${HOST}] (pid ${host.vm()?.pid})\n`,
    stderr: "",
    exitCode: 0,
  });
  expect(await host.json("stop", "relex")).toEqual({
    release: "relex",
    node: `relex@${HOST}`,
    pid: aNumber(),
    killed: false,
  });
});
