import { afterAll, beforeAll, expect, test } from "bun:test";
import { HOST, type ReleaseHost, releaseHost } from "../support/release-host.ts";
import { openTerminal } from "../support/terminal.ts";
import { readLines } from "../support/lines.ts";

let host: ReleaseHost;

beforeAll(async () => {
  host = await releaseHost();
  host.define("relex", { applications: "[relex_application, relex_snmp]" });
});

afterAll(() => host[Symbol.asyncDispose]());

const STARTED = [
  "booting release relex 1.0",
  "applying bootstrap configuration",
  "started relex_application",
  "started relex_snmp",
  "started release relex 1.0",
];

const STOPPED = [
  "{prep_stop,relex_snmp}",
  "{stop,relex_snmp}",
  "{prep_stop,relex_application}",
  "{stop,relex_application}",
];

/** Starts the release in the foreground; settles when it says that all runs, with what it said. */
async function startForeground(...flags: string[]) {
  const enit = host.spawn("startfg", "relex", ...flags);
  const lines = readLines(enit.stdout);
  const said: string[] = [];
  for (let next = await lines.next(); !next.done; next = await lines.next()) {
    said.push(next.value);
    if (next.value.startsWith("started release")) return { enit, said, lines };
  }
  throw new Error(`it ended: ${await enit.stderr.text()}`);
}

test("startfg becomes the VM: same pid, each application that started told, SIGTERM stops it in order", async () => {
  const { enit, said, lines } = await startForeground();
  expect(said).toEqual(STARTED);
  expect(host.vm()?.pid).toBe(enit.pid);
  expect(await host.enit("list")).toEqual({
    stdout: `* relex 1.0 [relex@${HOST}] (running)\n`,
    stderr: "",
    exitCode: 0,
  });

  enit.kill("SIGTERM");
  expect(await enit.exited).toBe(0);
  expect(host.witness.events.slice(-4)).toEqual(STOPPED);
  expect((await Array.fromAsync(lines)).join("\n")).not.toContain("Error");
  expect(host.vm()).toBeUndefined();
});

test("enit stop ends a VM in the foreground with exit code 0", async () => {
  const { enit } = await startForeground();
  const stopped = await host.enit("stop", "relex");
  expect(stopped).toEqual({
    stdout: `stopped release relex (pid ${enit.pid})\n`,
    stderr: `waiting for node 'relex@${HOST}' to go down...\n`,
    exitCode: 0,
  });
  expect(await enit.exited).toBe(0);
  expect(await enit.stderr.text()).toBe("");
});

test("a VM in the foreground stops in order when its terminal goes away", async () => {
  const terminal = openTerminal(["--root", host.root, "startfg", "relex"], host.env);
  for (const line of STARTED) await terminal.until(`${line}\r\n`);
  const last = host.witness.hold(STOPPED.at(-1) ?? "");
  terminal.hangUp();
  (await last).goOn();
  expect(host.witness.events.slice(-4)).toEqual(STOPPED);
  // Waits for the process, if it is not gone yet.
  await host.enit("stop", "relex");
  expect(host.vm()).toBeUndefined();
});

test("SIGHUP stops a VM in the foreground in order", async () => {
  const { enit } = await startForeground();
  enit.kill("SIGHUP");
  expect(await enit.exited).toBe(0);
  expect(host.witness.events.slice(-4)).toEqual(STOPPED);
});

test("Ctrl-C ends a VM in the foreground", async () => {
  const { enit } = await startForeground();
  enit.kill("SIGINT");
  expect([await enit.exited, enit.signalCode]).toEqual([130, "SIGINT"]);
  expect(host.vm()).toBeUndefined();
});

test("the VM's exit code is that of startfg, its words go to the terminal", async () => {
  host.write("etc/enit/relex/z.config", "{relex_application, [{on_start, halt}]}.\n");
  const run = await host.enit("startfg", "relex");
  expect(run).toEqual({
    stdout: `${STARTED.slice(0, 2).join("\n")}\nthese are my last words\n`,
    stderr: "",
    exitCode: 7,
  });
});

test("startfg of an application that fails says why and ends with exit code 1", async () => {
  host.write("etc/enit/relex/z.config", "{relex_application, [{on_start, {error, no_frozzle}}]}.\n");
  const { stdout, stderr, exitCode } = await host.enit("startfg", "relex");
  expect(exitCode).toBe(1);
  expect(stdout).toStartWith(`${STARTED.slice(0, 2).join("\n")}\n`);
  expect(stderr).toContain('cannot start "relex": application relex_application failed: ');
  expect(stderr).toContain("no_frozzle");
});
