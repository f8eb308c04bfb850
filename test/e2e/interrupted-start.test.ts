import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, watch } from "node:fs";
import { HOST, type ReleaseHost, releaseHost } from "../support/release-host.ts";
import { processesOf } from "../support/processes.ts";
import { readLines } from "../support/lines.ts";

let host: ReleaseHost;

beforeAll(async () => {
  host = await releaseHost();
  host.define("relex", { applications: "[relex_application]" });
});

afterEach(async () => {
  host.witness.forget();
  if (host.vm() !== undefined) await endVm();
});

afterAll(() => host[Symbol.asyncDispose]());

/** Ends the VM at once. */
async function endVm(): Promise<void> {
  expect((await host.enit("stop", "relex", "--force", "--stop-timeout", "0")).exitCode).toBe(0);
}

/** Whoever still works on the release holds its lock. */
async function untilNobodyWorks(): Promise<void> {
  const lock = `${host.stateDir()}/lock`;
  if (existsSync(lock)) await Bun.spawn(["flock", lock, "true"]).exited;
}

/** A release that runs, whoever started it: every application started, every command works. */
async function expectWhole(): Promise<void> {
  // Waits for the start that is under way.
  expect((await host.enit("eval", "relex", "application:ensure_started(relex_application)")).stdout).toBe("ok\n");
  const { stdout, stderr } = await host.enit("status", "relex");
  expect(stderr).toBe("");
  expect(stdout).toContain(" relex_application 1.0.1\n");
  expect((await host.enit("call", "relex", "relex_server", "count")).stdout).toBe("1\n");
}

/** Files of the state directory, in the order in which a start makes them. */
const FILES = [
  "lock",
  "log",
  ".erlang.cookie",
  "relex.boot",
  "sys.config",
  "agent.settings",
  "progress",
  "enit.app",
  "bell",
  "vm.json.new",
  "vm.json",
];

describe("a start that is killed", () => {
  test.each(FILES)("when it makes the file %s leaves no VM or a whole one, and the next start works", async (file) => {
    mkdirSync(host.join("run"), { recursive: true });
    const started = host.witness.hold("{start,relex_application}");
    const start = host.spawn("start", "relex");
    const watcher = watch(host.join("run"), { recursive: true }, (_event, name) => {
      if (name?.endsWith(`/${file}`)) start.kill("SIGKILL");
    });
    await start.exited;
    watcher.close();
    await untilNobodyWorks();
    if (host.vm() !== undefined) {
      // It goes on to start by itself.
      (await started).goOn();
      expect((await host.enit("start", "relex")).stderr).toContain("it runs already");
      await expectWhole();
      await endVm();
    }
    expect(processesOf(host.root)).toEqual([]);
    host.witness.forget();
    const next = await host.enit("start", "relex");
    expect(next).toEqual({
      stdout: `started release relex 1.0 [relex@${HOST}] (pid ${host.vm()?.pid})\n`,
      stderr: "",
      exitCode: 0,
    });
    await expectWhole();
  });

  test.each(["SIGKILL", "SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "by %s while an application starts leaves the VM to go on",
    async (signal) => {
      const starting = host.witness.hold("{start,relex_application}");
      const start = host.spawn("start", "relex");
      const held = await starting;
      start.kill(signal);
      const exitCode = await start.exited;
      const number = { SIGKILL: 9, SIGINT: 2, SIGTERM: 15, SIGHUP: 1 }[signal];
      expect(exitCode).toBe(128 + number);
      const pid = host.vm()?.pid;
      expect(await start.stderr.text()).toBe(
        signal === "SIGKILL" ? "" : `warning: process ${pid} goes on to start "relex". To end it: enit stop relex\n`,
      );
      expect((await host.enit("list")).stdout).toBe(`* relex 1.0 [relex@${HOST}] (starting)\n`);
      held.goOn();
      await expectWhole();
    },
  );
});

test("of two starts at once one starts the release, the other says that it runs already", async () => {
  const starting = host.witness.hold("{start,relex_application}");
  const both = [host.spawn("start", "relex"), host.spawn("start", "relex")];
  const held = await starting;
  // The one that lost ends while the other one still waits for the applications.
  const loser = await Promise.race(both.map(async (each) => (await each.exited, each)));
  expect(loser.exitCode).toBe(1);
  expect((await loser.stderr.text()).split("\n").slice(-3)).toEqual([
    `enit: cannot start "relex": it runs already (process ${host.vm()?.pid})`,
    "To start it anew: enit restart relex",
    "",
  ]);
  held.goOn();
  const winner = both.find((each) => each !== loser);
  expect(await winner?.exited).toBe(0);
  expect(await winner?.stdout.text()).toBe(`started release relex 1.0 [relex@${HOST}] (pid ${host.vm()?.pid})\n`);
});

test("a start and a stop at once: the stop waits for the VM and stops it, also while applications start", async () => {
  const starting = host.witness.hold("{start,relex_application}");
  const start = host.spawn("start", "relex");
  const held = await starting;
  const stop = host.spawn("stop", "relex");
  expect((await readLines(stop.stderr).next()).value).toBe(`waiting for node 'relex@${HOST}' to go down...`);
  held.goOn();
  expect(await stop.exited).toBe(0);
  expect(host.vm()).toBeUndefined();
  await start.exited;
  expect(processesOf(host.root)).toEqual([]);
});
