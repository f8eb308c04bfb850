import { expect, test } from "bun:test";
import { findRunningVm, prepareForeground, startRelease } from "../../src/vm/index.ts";
import { failure } from "../support/failure.ts";
import { oracle, otpInstallations, systemOtp } from "../support/otp.ts";
import { readLines } from "../support/lines.ts";
import { evaluate, spawnStarter, starterCommand, testRelease } from "./support.ts";

/** The newest stops the fastest. */
const newest = otpInstallations().at(-1) ?? systemOtp();

for (const otp of otpInstallations()) {
  test(`prepareForeground() has the process become the VM, which says what happens, on OTP ${otp.major}`, async () => {
    await using release = await testRelease({ otp });
    await using starter = spawnStarter(release, "foreground");
    const lines: string[] = [];
    for await (const line of readLines(starter.stdout)) {
      lines.push(line);
      if (!line.startsWith("started release ")) continue;
      const vm = findRunningVm(release.stateDir);
      expect(vm?.pid).toBe(starter.pid);
      if (vm !== undefined) expect(await evaluate(vm, "init:stop()")).toBe("ok");
    }
    expect(lines).toEqual([
      "booting release relex 1.0",
      "applying bootstrap configuration",
      "started sasl",
      "started probe",
      "started release relex 1.0",
    ]);
    expect(await starter.exited).toBe(0);
    expect(await starter.stderr.text()).toBe("");
  });

  test(`a release in the foreground that does not start ends with exit code 1 and its reason, on OTP ${otp.major}`, async () => {
    const node = "{start_retries, 1}, {start_delay, 0}";
    await using release = await testRelease({ otp, node, config: "{probe, [{start, bad_child}]}." });
    await using starter = spawnStarter(release, "foreground");
    const [stdout, stderr] = await Promise.all([starter.stdout.text(), starter.stderr.text()]);
    expect(stdout).toContain("started sasl\n");
    expect(stdout).not.toContain("started probe");
    expect(stderr).toMatch(/^cannot start application "probe": \{.*; trying again in 0\.0 s \(retries left: 1\)$/ms);
    expect(stderr).toMatch(/^cannot start "relex": application probe failed: \{/m);
    expect(await starter.exited).toBe(1);
  });
}

for (const otp of otpInstallations()) {
  test(`a release in the foreground stops in order when its terminal goes away, on OTP ${otp.major}`, async () => {
    await using release = await testRelease({ otp });
    const started = Promise.withResolvers<void>();
    let shown = "";
    const data = (_terminal: Bun.Terminal, bytes: Uint8Array): void => {
      shown += new TextDecoder().decode(bytes);
      if (shown.includes("started release relex 1.0")) started.resolve();
    };
    await using terminal = new Bun.Terminal({ data });
    // The first process of a session with this terminal, as after a login.
    const cmd = ["setsid", "--ctty", ...starterCommand(release, "foreground")];
    const starter = Bun.spawn({ cmd, terminal });
    await started.promise;
    terminal.close();
    expect(await starter.exited).toBe(0);
    expect(release.notes().slice(1)).toEqual(["prep_stop.", "stop."]);
  });
}

test("a release in the foreground ends at Ctrl-C", async () => {
  await using release = await testRelease({ otp: newest });
  await using starter = spawnStarter(release, "foreground");
  for await (const line of readLines(starter.stdout)) {
    if (line.startsWith("started release ")) starter.kill("SIGINT");
  }
  expect(await starter.exited).not.toBe(0);
  expect(findRunningVm(release.stateDir)).toBeUndefined();
});

test("a release in the foreground that is started by nohup survives its terminal", async () => {
  await using release = await testRelease({ otp: newest });
  const [program = "", ...args] = starterCommand(release, "foreground");
  await using starter = Bun.spawn({
    cmd: ["nohup", program, ...args],
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
  });
  await untilStarted(starter.stdout);
  starter.kill("SIGHUP");
  const vm = findRunningVm(release.stateDir);
  expect(vm?.pid).toBe(starter.pid);
  if (vm !== undefined) expect(await evaluate(vm, "1 + 1")).toBe("2");
});

for (const mode of ["foreground", "background"] as const) {
  test(`a release in the ${mode} may have as many files open as whoever started it`, async () => {
    await using release = await testRelease({ otp: newest });
    const script = 'ulimit -Sn 234; "$@"; exit $?';
    await using starter = Bun.spawn({
      cmd: ["sh", "-c", script, "sh", ...starterCommand(release, mode)],
      stdin: "ignore",
      stdout: "pipe",
    });
    for await (const line of readLines(starter.stdout)) if (/^(started release|done)/.test(line)) break;
    const vm = findRunningVm(release.stateDir);
    if (vm === undefined) throw new Error("the VM is gone");
    expect(await evaluate(vm, 'os:cmd("ulimit -Sn")')).toBe('"234\\n"');
    process.kill(vm.pid, "SIGKILL");
  });
}

test("prepareForeground() holds the lock until it is let go of or the VM is there", async () => {
  await using release = await testRelease({ otp: newest });
  const prepared = await prepareForeground(await release.load());
  const waits = Promise.withResolvers<void>();
  const starting = startRelease(await release.load(), { onWait: waits.resolve });
  await waits.promise;
  expect(findRunningVm(release.stateDir)).toBeUndefined();
  prepared[Symbol.dispose]();
  await starting;
  expect((await failure(prepareForeground(await release.load()))).code).toBe("already_running");
});

test("a release writes to syslog as well, in UTF-8 and long lines too", async () => {
  await using release = await testRelease({ otp: newest, config: "{probe, [{start, {log, 5000}}]}." });
  await using server = await oracle(newest);
  const socket = `${release.root}/log.socket`;
  await server.text(
    `{ok, S} = gen_udp:open(0, [{ifaddr, {local, "${socket}"}}, binary, {active, false}]), put(socket, S), ok`,
  );
  await using starter = spawnStarter(release, "foreground", socket);
  const packets: string[] = [];
  while (!packets.at(-1)?.endsWith("started release relex 1.0")) {
    packets.push(
      new TextDecoder().decode(await server.bytes("{ok, {_, _, Packet}} = gen_udp:recv(get(socket), 0), Packet")),
    );
  }
  const parts = packets.map(
    (packet) => /^<(\d+)>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d relex\[(\d+)\]: (.*)$/s.exec(packet)?.slice(1) ?? [],
  );
  expect(parts.map(([, pid]) => pid)).toEqual(parts.map(() => String(starter.pid)));
  const lines = parts.map(([priority, , text]) => `${priority} ${text}`);
  expect(lines.slice(0, 2)).toEqual(["29 booting release relex 1.0", "29 applying bootstrap configuration"]);
  expect(lines).toContain("29 started probe");
  const long = parts.filter(([priority]) => priority === "28").map(([, , text]) => text ?? "");
  expect(long.join("")).toBe("λ".repeat(5000));
  expect(long.length).toBeGreaterThan(1);
});

test("a release starts without a system log, and says so once", async () => {
  await using release = await testRelease({ otp: newest });
  await using starter = spawnStarter(release, "foreground", `${release.root}/nothing`);
  await untilStarted(starter.stdout);
  starter.kill("SIGKILL");
  expect(await starter.stderr.text()).toBe(
    `cannot write to syslog "${release.root}/nothing": no such file or directory\n`,
  );
});

async function untilStarted(stdout: ReadableStream<Uint8Array>): Promise<void> {
  for await (const line of readLines(stdout)) if (line.startsWith("started release ")) return;
  throw new Error("it did not start");
}
