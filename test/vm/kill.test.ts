import { expect, test } from "bun:test";
import { mkdirSync, watch } from "node:fs";
import { findRunningVm, lockState, startRelease, stopRelease } from "../../src/vm/index.ts";
import { readLines } from "../support/lines.ts";
import { otpInstallations, systemOtp } from "../support/otp.ts";
import { evaluate, spawnStarter, type Starter, testRelease, type TestRelease, untilEvent } from "./support.ts";

// The newest stops the fastest.
const otp = otpInstallations().at(-1) ?? systemOtp();

/** Moments of a start: a word that the starter says, or a file of the state directory that appears. */
const WORDS = ["planned", "booting", "starting", "started", "running"];
const FILES = [
  "lock",
  "log",
  "home",
  "releases",
  "agent.settings",
  "progress",
  "agent",
  "bell",
  "vm.json.new",
  "vm.json",
];

for (const moment of [...FILES, ...WORDS]) {
  test(`a start that is killed at "${moment}" leaves no VM or a whole one, and the next start works`, async () => {
    await using release = await testRelease({ otp });
    // What is not there cannot be watched.
    mkdirSync(release.stateDir, { recursive: true });
    await using starter = spawnStarter(release, "background");
    await killAt(moment, starter, release);
    // Whoever still works on the release holds the lock.
    const lock = await lockState(release.stateDir);
    const vm = findRunningVm(release.stateDir);
    lock[Symbol.dispose]();
    if (vm !== undefined) {
      await untilEvent(release.stateDir, "running");
      expect(await evaluate(vm, "init:get_status()")).toMatch(/^\{(starting|started),started\}$/);
      await stopRelease(await release.load(), { timeoutSeconds: 20 });
    }
    const next = await startRelease(await release.load());
    expect(await evaluate(next, "node()")).toBe(next.node);
    expect(release.notes().filter((note) => note.startsWith("{start,"))).toHaveLength(vm === undefined ? 1 : 2);
  });
}

test("of two starts at once one starts the release and the other says that it runs", async () => {
  await using release = await testRelease({ otp });
  await using first = spawnStarter(release, "background");
  await using second = spawnStarter(release, "background");
  const outputs = await Promise.all([first, second].map(({ stdout }) => stdout.text()));
  const ends = outputs.map((output) => output.trim().split("\n").at(-1));
  expect(new Set(ends)).toEqual(new Set(["already_running", "done"]));
  expect(await Promise.all([first.exited, second.exited])).toEqual(ends[0] === "done" ? [0, 1] : [1, 0]);
  expect(release.notes()).toHaveLength(1);
});

async function killAt(moment: string, starter: Starter, { stateDir }: TestRelease): Promise<void> {
  if (WORDS.includes(moment)) {
    for await (const word of readLines(starter.stdout)) if (word === moment) starter.kill("SIGKILL");
  }
  const watcher = watch(stateDir, (_event, name) => name === moment && starter.kill("SIGKILL"));
  await starter.exited;
  watcher.close();
}
