import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { COOKIE, HOST, type ReleaseHost, releaseHost } from "../support/release-host.ts";
import type { Run } from "../support/run-enit.ts";
import { startNode, systemOtp } from "../support/otp.ts";

let host: ReleaseHost;

beforeAll(async () => {
  host = await releaseHost();
});

afterAll(() => host[Symbol.asyncDispose]());

const CALL = "{relex_application,start,[normal,relex_application]}";

test.each([
  ["{error, no_frozzle}", `its function relex_application:start/2 gave an error: {no_frozzle,${CALL}}`],
  ["crash", "its function relex_application:start/2 crashed: {bad_return,"],
  ["bad_child", 'its child "server" did not start: {{shutdown,'],
])(
  "an application whose start ends in %s is named with its reason, and nothing is left running",
  async (how, reason) => {
    host.define("fails", { applications: "[relex_application]", user: `{relex_application, [{on_start, ${how}}]}.\n` });
    const { stdout, stderr, exitCode } = await host.enit("start", "fails");
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 1 });
    expect(stderr).toStartWith(`enit: cannot start "fails": application "relex_application": ${reason}`);
    expect(host.vm("fails")).toBeUndefined();
    expect((await host.enit("list")).stdout).toContain(`* fails 1.0 [fails@${HOST}] (not running)\n`);

    const failed = await host.enit("start", "fails", "--json");
    expect(JSON.parse(failed.stdout)).toMatchObject({
      ok: false,
      error: { code: "application_start_failed", data: { release: "fails", application: "relex_application" } },
    });
  },
);

test("a VM that ends while it starts is told with its exit code and its last words", async () => {
  host.define("halts", { applications: "[relex_application]", user: "{relex_application, [{on_start, halt}]}.\n" });
  expect(await host.enit("start", "halts")).toEqual({
    stdout: "",
    stderr: `enit: cannot start "halts": the VM ended with exit code 7 while "relex_application" was starting
It wrote into ${host.stateDir("halts")}/log:
these are my last words
`,
    exitCode: 1,
  });
});

test("arguments that the VM does not know are told by what it says of them", async () => {
  host.define("args", { user: '{node, [{vm_args, ["+nonsense"]}]}.\n' });
  const { stderr, exitCode } = await host.enit("start", "args");
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^enit: cannot start "args": the VM ended with exit code \d+ before all applications ran\n/);
  expect(stderr).toContain("onsense\n");
});

test("a node name that is taken is refused, and the node of that name left alone", async () => {
  await using other = await startNode({ otp: systemOtp(), name: "taken", epmdPort: host.epmdPort, cookie: COOKIE });
  host.define("taken");
  const refused = {
    stdout: "",
    stderr: `enit: cannot start "taken": another node is called "taken@${HOST}"
Stop that node, or give the release another name: {node, [{nodename, NAME}]}.
`,
    exitCode: 1,
  };
  expect(await host.enit("start", "taken")).toEqual(refused);
  expect(await host.enit("startfg", "taken")).toEqual(refused);

  expect(await other.text("node()")).toBe(`taken@${HOST}`);
});

test("two releases of one node name do not run at once", async () => {
  host.define("one", { user: "{node, [{nodename, both}]}.\n" });
  host.define("two", { user: "{node, [{nodename, both}]}.\n" });
  await host.json("start", "one");
  const { stderr, exitCode } = await host.enit("start", "two");
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`cannot start "two": another node is called "both@${HOST}"\n`);

  const status = await host.enit("status", "two");
  const foreign = `cannot ask "both@${HOST}": a node of this name runs, but it runs the release "one"\n`;
  expect({ ...status, stderr: status.stderr.includes(foreign) }).toEqual({ stdout: "", stderr: true, exitCode: 1 });
});

test("a cookie that was changed in the files after the start is told as such; stop works with the old one", async () => {
  host.define("changed");
  await host.json("start", "changed");
  host.write("etc/enit/changed/z.config", '{node, [{cookie, "another_secret"}]}.\n');
  for (const args of [
    ["status", "changed"],
    ["reconfigure", "changed"],
    ["call", "changed", "erlang", "node"],
    ["eval", "changed", "1"],
  ]) {
    expect(await host.enit(...args)).toEqual({
      stdout: "",
      stderr: `enit: cannot connect to "changed@${HOST}": wrong cookie (the node closed the connection)
It was started with another cookie than the configuration has now. Put the old one back, or: enit restart changed
`,
      exitCode: 1,
    });
  }
  expect((await host.enit("list")).stdout).toContain(`* changed 1.0 [changed@${HOST}] (running)\n`);
  const restarted = await host.enit("restart", "changed");
  expect(restarted.exitCode).toBe(0);
  expect((await host.enit("call", "changed", "erlang", "get_cookie")).stdout).toBe("another_secret\n");
});

test("status shows the name of the node that runs, also after the files name another", async () => {
  host.define("renamed");
  await host.json("start", "renamed");
  host.write("etc/enit/renamed/z.config", "{node, [{nodename, elsewhere}]}.\n");
  expect((await host.enit("status", "renamed")).stdout).toContain(`\nNode:    renamed@${HOST}\n`);
  expect((await host.enit("list")).stdout).toContain(`* renamed 1.0 [renamed@${HOST}] (running)\n`);
  expect((await host.enit("stop", "renamed")).exitCode).toBe(0);
});

test("a VM that hangs: stop gives up in time and says so, --force kills it", async () => {
  host.define("hangs");
  await host.json("start", "hangs");
  const pid = host.vm("hangs")?.pid ?? 0;
  process.kill(pid, "SIGSTOP");
  expect(await host.enit("stop", "hangs", "--stop-timeout", "100")).toEqual({
    stdout: "",
    stderr: `waiting for node 'hangs@${HOST}' to go down...
enit: cannot stop "hangs": process ${pid} still runs after 0.1 seconds
Wait and see whether it ends, or have it killed with --force.
`,
    exitCode: 1,
  });
  expect(host.vm("hangs")?.pid).toBe(pid);
  expect(await host.enit("stop", "hangs", "--stop-timeout", "100", "--force")).toEqual({
    stdout: `killed release hangs (pid ${pid})\n`,
    stderr: `waiting for node 'hangs@${HOST}' to go down...\n`,
    exitCode: 0,
  });
  expect(host.vm("hangs")).toBeUndefined();
});

test("an application that does not stop: stop_timeout of the section node counts, restart --force goes on", async () => {
  host.define("slow", { user: "{node, [{stop_timeout, 150}]}.\n" });
  await host.json("start", "slow");
  const pid = host.vm("slow")?.pid;
  const stopping = host.witness.hold("{prep_stop,relex_application}");
  const first = host.spawn("stop", "slow", "--stop-timeout", "infinity");
  const held = await stopping;
  first.kill("SIGINT");
  expect(await first.exited).toBe(130);
  const stopped = await host.enit("stop", "slow");
  expect(stopped.stderr).toContain(`process ${pid} still runs after 0.15 seconds\n`);
  expect(stopped.exitCode).toBe(1);

  const restarted = await host.enit("restart", "slow", "--force");
  expect(restarted.stdout).toBe(
    `killed release slow (pid ${pid})\nstarted release slow 1.0 [slow@${HOST}] (pid ${host.vm("slow")?.pid})\n`,
  );
  held.goOn();
});

test("a VM that was killed leaves nothing that keeps the next start from working", async () => {
  host.define("killed");
  await host.json("start", "killed");
  process.kill(host.vm("killed")?.pid ?? 0, "SIGKILL");
  await host.enit("stop", "killed");
  expect((await host.enit("list")).stdout).toContain(`* killed 1.0 [killed@${HOST}] (not running)\n`);
  const started = await host.enit("start", "killed");
  expect({ stderr: started.stderr, exitCode: started.exitCode }).toEqual({ stderr: "", exitCode: 0 });
  expect(readFileSync(`${host.stateDir("killed")}/vm.json`, "utf8")).not.toContain(COOKIE);
});

test("an application that is found no more leaves the release running at a restart", async () => {
  host.define("gone");
  await host.json("start", "gone");
  const pid = host.vm("gone")?.pid;
  host.define("gone", { applications: "[relex_application, frozzle]" });
  const { stderr, exitCode } = await host.enit("restart", "gone");
  expect(exitCode).toBe(2);
  expect(stderr).toStartWith('enit: cannot find the application "frozzle": ');
  expect(host.vm("gone")?.pid).toBe(pid);
});

test("a running release whose files are broken can still be asked, with a warning", async () => {
  host.define("spoilt");
  await host.json("start", "spoilt");
  const file = host.write("etc/enit/spoilt/user.config", "{node, [");
  const warning = `warning: cannot read "${file}:1:9": expected a term, found the end of the text. Using what its VM was started with.\n`;
  const asked = (stdout: string): Run => ({ stdout, stderr: warning, exitCode: 0 });
  expect(await host.enit("call", "spoilt", "erlang", "node")).toEqual(asked(`spoilt@${HOST}\n`));
  expect(await host.enit("eval", "spoilt", "1 + 1")).toEqual(asked("2\n"));
  const status = await host.enit("status", "spoilt");
  expect(status).toMatchObject({ stderr: warning, exitCode: 0 });
  expect(status.stdout).toStartWith(`Release: spoilt\nVersion: 1.0\nNode:    spoilt@${HOST}\nCookie:  ********\n`);
  // What changes or starts something needs the files.
  for (const command of ["reconfigure", "config", "start"]) {
    expect(await host.enit(command, "spoilt")).toMatchObject({ stdout: "", exitCode: 2 });
  }
  await host.enit("stop", "spoilt");
  expect(await host.enit("status", "spoilt")).toMatchObject({ stdout: "", exitCode: 2 });
});

test("the time of a call counts connecting too", async () => {
  host.define("frozen");
  await host.json("start", "frozen");
  process.kill(host.vm("frozen")?.pid ?? Number.NaN, "SIGSTOP");
  try {
    expect(await host.enit("call", "frozen", "erlang", "node", "--timeout", "0.1")).toEqual({
      stdout: "",
      stderr: `enit: cannot call "erlang:node/0" on "frozen@${HOST}": no result within 100 ms
The node may be busy; what was called goes on there.
`,
      exitCode: 1,
    });
    const evaluated = await host.enit("eval", "frozen", "ok", "--timeout", "0.1");
    expect(evaluated.stderr).toStartWith('enit: cannot evaluate "ok": no result within 100 ms\n');
  } finally {
    process.kill(host.vm("frozen")?.pid ?? Number.NaN, "SIGCONT");
  }
});
