import { afterAll, beforeAll, expect, test } from "bun:test";
import { openSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { COOKIE, type ReleaseHost, releaseHost } from "../support/release-host.ts";
import { descriptorsOf, listProcesses, processesOf } from "../support/processes.ts";
import { ENIT } from "../support/run-enit.ts";

let host: ReleaseHost;

beforeAll(async () => {
  host = await releaseHost();
});

afterAll(() => host[Symbol.asyncDispose]());

function expectNoCookie(): void {
  for (const { cmdline, environ } of processesOf(host.root)) {
    expect(cmdline).not.toContain(COOKIE);
    expect(environ).not.toContain(COOKIE);
  }
}

test("the cookie stands in no arguments and no environment, at no moment of a start, nor later", async () => {
  host.define("relex", { user: "{relex_application, [{on_start, {fail, 1}}]}.\n" });
  const starting = host.witness.hold("{start,relex_application}");
  const start = host.spawn("start", "relex", "--start-retries", "1", "--start-delay", "0");
  const held = await starting;
  expect(processesOf(host.root).map(({ pid }) => pid)).toContain(start.pid);
  expectNoCookie();
  held.goOn();
  expect(await start.exited).toBe(0);
  expectNoCookie();

  for (const args of [
    ["status", "relex"],
    ["reconfigure", "relex"],
    ["config", "relex"],
    ["list", "--verbose"],
  ]) {
    const { stdout, stderr } = await host.enit(...args);
    expect(stdout + stderr).not.toContain(COOKIE);
  }
  // Of the VM itself, also through its own eyes.
  const seen = "[init:get_arguments(), init:get_plain_arguments(), os:getenv()]";
  expect((await host.enit("eval", "relex", seen)).stdout).not.toContain(COOKIE);
});

test("on disk the cookie stands in one file, which only its owner can read", () => {
  const files = readdirSync(host.stateDir(), { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  const holding = files
    .map((each) => join(each.parentPath, each.name))
    .filter((file) => readFileSync(file, "latin1").includes(COOKIE));
  expect(holding).toEqual([host.stateDir("relex/home/.erlang.cookie")]);
  expect(statSync(holding[0] ?? "").mode & 0o777).toBe(0o400);
  expect(statSync(host.stateDir("relex/home")).mode & 0o777).toBe(0o700);
});

test("after a start only the VM is left, with no descriptor of ours", async () => {
  const vm = host.vm();
  const left = processesOf(host.root);
  expect(left.map(({ pid }) => pid)).toEqual([vm?.pid ?? 0]);
  expect(left[0]?.cmdline.split("\0")[0]).toEndWith("/beam.smp");
  expect(listProcesses().filter(({ cmdline }) => cmdline.startsWith(`${ENIT}\0__vm\0launch`))).toEqual([]);
  const descriptors = descriptorsOf(vm?.pid ?? 0);
  const log = host.stateDir("relex/log");
  expect([0, 1, 2].map((fd) => descriptors.get(fd))).toEqual(["/dev/null", log, log]);
  const others = [...descriptors].filter(([fd]) => fd > 2).map(([, target]) => target);
  expect(others.filter((target) => !/^(?:pipe|socket|anon_inode):|^\/dev\/null$/.test(target))).toEqual([]);
});

test("startfg hands 0, 1 and 2 to the VM, and not what was open besides", async () => {
  host.define("fg", { applications: "[relex_application]" });
  const file = host.write("mine", "");
  const fd = openSync(file, "r+");
  const started = host.witness.hold("{start,relex_application}");
  await using vm = Bun.spawn({
    cmd: [ENIT, "--root", host.root, "startfg", "fg"],
    env: { PATH: process.env["PATH"], ...host.env },
    stdio: ["ignore", fd, fd, fd, fd],
  });
  const held = await started;
  const descriptors = descriptorsOf(vm.pid);
  expect([0, 1, 2].map((each) => descriptors.get(each))).toEqual(["/dev/null", file, file]);
  expect([...descriptors.values()].filter((target) => target.startsWith(host.root))).toEqual([
    file,
    file,
    // The agent's own, for as long as applications start.
    host.stateDir("fg/progress"),
  ]);
  expectNoCookie();
  held.goOn();
});

test("a stop leaves no process at all", async () => {
  await host.enit("stop", "relex");
  await host.enit("stop", "fg");
  expect(processesOf(host.root)).toEqual([]);
});
