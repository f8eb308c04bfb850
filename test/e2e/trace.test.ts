import { describe, expect, test } from "bun:test";
import { appendFileSync } from "node:fs";
import { freePort } from "../support/epmd.ts";
import { type Oracle, otpInstallations, systemOtp } from "../support/otp.ts";
import { ENIT, runEnit } from "../support/run-enit.ts";
import { tempDir } from "../support/temp-dir.ts";
import { Transcript } from "../support/transcript.ts";
import { printedByDbg, startTracer } from "../trace/tracers.ts";

const DROPS = Buffer.from([1, 0, 0, 0, 3]);
const DROPPED = "*** Dropped 3 messages.\n";

describe("enit tracefile", () => {
  test("prints the bytes that dbg prints", async () => {
    using dir = tempDir();
    for (const otp of otpInstallations()) {
      await using vm = await startTracer(otp);
      const file = dir.join(`${otp.major}.trace`);
      await vm.text(`tracing:to_file("${file}")`);
      const run = await runEnit(["tracefile", file, "--otp", String(otp.major)]);
      expect(run).toEqual({ stdout: await printedByDbg(vm, `printed_file("${file}")`), stderr: "", exitCode: 0 });
    }
  });

  test("prints a document a message with --json", async () => {
    using dir = tempDir();
    await using vm = await startTracer(systemOtp());
    const file = dir.join("json.trace");
    await vm.text(`P = tracing:start_file("${file}"), tracing:do(P, {calls, 2}), tracing:do(P, stop)`);
    appendFileSync(file, DROPS);
    const { stdout, stderr, exitCode } = await runEnit(["tracefile", file, "--json"]);
    const call = (n: number) => ({
      kind: "call",
      from: expect.stringMatching(/^<0\.\d+\.0>$/) as string,
      node: "nonode@nohost",
      module: "tracing",
      function: "greet",
      arity: 2,
      args: ["hello", n],
    });
    expect(documents(stdout)).toEqual(
      [call(1), call(2), { kind: "drop", count: 3 }].map((data) => ({ ok: true, data })),
    );
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  });

  test("stops after as many messages as wanted", async () => {
    using dir = tempDir();
    const file = dir.write("many.trace", Buffer.concat([DROPS, DROPS, DROPS]));
    expect(await runEnit(["tracefile", file, "--msgs", "2"])).toMatchObject({ stdout: DROPPED + DROPPED, exitCode: 0 });
    expect((await runEnit(["tracefile", file, "--msgs", "0"])).exitCode).toBe(255);
  });

  test("prints what is whole of a file that was cut, says the rest, and ends with 2", async () => {
    using dir = tempDir();
    const file = dir.write("cut.trace", Buffer.concat([DROPS, DROPS.subarray(0, 3)]));
    const state = `cannot read the end of the trace "${file}": it ends within a message, of which 3 bytes are there, at byte 5`;
    const run = await runEnit(["tracefile", file]);
    expect(run).toMatchObject({ stdout: DROPPED, exitCode: 2 });
    expect(run.stderr).toStartWith(`enit: ${state}\nEverything before it was read.`);
    const json = await runEnit(["tracefile", file, "--json"]);
    expect(documents(json.stdout)).toMatchObject([
      { ok: true, data: { kind: "drop" } },
      {
        ok: false,
        error: { code: "trace_cut", message: state, data: { source: file, offset: 5, unfinishedBytes: 3 } },
      },
    ]);
  });

  test("refuses a file that is no trace, and one that is not there", async () => {
    using dir = tempDir();
    const file = dir.write("text", "This is no trace.\n");
    expect(await runEnit(["tracefile", file])).toEqual({
      stdout: "",
      stderr:
        `enit: cannot read the trace "${file}": no message begins with the byte 84, at byte 0\n` +
        "A trace is what dbg:trace_port(file, ...) or dbg:trace_port(ip, ...) writes.\n",
      exitCode: 2,
    });
    const missing = await runEnit(["tracefile", dir.join("missing")]);
    expect(missing).toMatchObject({ stdout: "", exitCode: 3 });
    expect(missing.stderr).toContain("it does not exist");
  });

  test("says of terms that are no trace messages that it does not show them", async () => {
    using dir = tempDir();
    const file = dir.write("other", Buffer.concat([Buffer.from([0, 0, 0, 0, 3, 131, 97, 1]), DROPS]));
    expect(await runEnit(["tracefile", file])).toEqual({
      stdout: DROPPED,
      stderr: "warning: 1 of the terms are no trace messages, and are not shown as text\n",
      exitCode: 0,
    });
  });

  test("follows a file until Ctrl-C", async () => {
    using dir = tempDir();
    const file = dir.write("growing.trace", DROPS);
    const child = Bun.spawn([ENIT, "tracefile", "-f", file], { stdout: "pipe", stderr: "pipe" });
    const shown = new Transcript(child.stdout);
    await shown.until(DROPPED);
    appendFileSync(file, DROPS);
    await shown.until(DROPPED + DROPPED);
    child.kill("SIGINT");
    expect([await shown.whole(), await child.stderr.text(), await child.exited]).toEqual([DROPPED + DROPPED, "", 0]);
  });

  test("ends when nobody reads its output any more, though it is only waiting for more", async () => {
    using dir = tempDir();
    const file = dir.write("growing.trace", DROPS);
    const shell = `"$0" "$@" | { read line; echo "$line" >&2; exec <&-; echo more >&2; cat > /dev/null; }; echo "\${PIPESTATUS[0]}"`;
    const child = Bun.spawn(["bash", "-c", shell, ENIT, "tracefile", "-f", file], { stdout: "pipe", stderr: "pipe" });
    const notes = new Transcript(child.stderr);
    await notes.until("more\n");
    appendFileSync(file, DROPS);
    expect(await child.stdout.text()).toBe("141\n");
  });
});

describe("enit traceip", () => {
  test("prints what a node traces until the node closes the port", async () => {
    await using vm = await startTracer(systemOtp());
    const port = await openPort(vm);
    const child = Bun.spawn([ENIT, "traceip", String(port)], { stdout: "pipe", stderr: "pipe" });
    const shown = new Transcript(child.stdout);
    await vm.text("tracing:do(tracer, {calls, 3})");
    const text = await shown.until('call tracing:greet("hello",3)\n');
    await vm.text("tracing:do(tracer, stop)");
    expect([await shown.whole(), await child.stderr.text(), await child.exited]).toEqual([
      text,
      "the node closed the port: 3 messages\n",
      0,
    ]);
  });

  test("ends by a limit of messages or time, or by Ctrl-C, and says so", async () => {
    await using vm = await startTracer(systemOtp());
    const port = await openPort(vm);
    await vm.text("tracing:do(tracer, {calls, 3})");
    const counted = await runEnit(["traceip", String(port), "-h", "127.0.0.1", "--msgs", "1"]);
    expect(counted).toMatchObject({ stderr: "the limit of messages is reached: 1 message\n", exitCode: 0 });
    expect(counted.stdout).toEndWith('call tracing:greet("hello",1)\n');

    expect(await runEnit(["traceip", String(port), "--time", "0.1", "--quiet"])).toEqual({
      stdout: "",
      stderr: "",
      exitCode: 0,
    });

    using quiet = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: { data() {}, open: (peer) => void peer.write(DROPS) },
    });
    const child = Bun.spawn([ENIT, "traceip", String(quiet.port)], { stdout: "pipe", stderr: "pipe" });
    const shown = new Transcript(child.stdout);
    await shown.until(DROPPED);
    child.kill("SIGINT");
    expect([await child.stderr.text(), await child.exited]).toEqual([
      "interrupted: 1 message, and 3 that the tracer dropped\n",
      0,
    ]);
  });

  test("says why it cannot connect", async () => {
    const port = freePort();
    const run = await runEnit(["traceip", String(port)]);
    expect(run).toMatchObject({ stdout: "", exitCode: 3 });
    expect(run.stderr).toContain(`cannot connect to the trace port "localhost:${port}": nobody listens there\n`);
    for (const word of ["0", "65536", "http", "98 76"]) {
      const refused = await runEnit(["traceip", word, "--json"]);
      expect(refused.exitCode).toBe(255);
      expect(documents(refused.stdout)).toMatchObject([{ ok: false, error: { code: "bad_port" } }]);
    }
  });

  test("refuses a peer that speaks something else", async () => {
    using server = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: { data() {}, open: (peer) => void peer.write("SSH-2.0-OpenSSH_9.6\r\n") },
    });
    const run = await runEnit(["traceip", String(server.port)]);
    expect(run).toMatchObject({ stdout: "", exitCode: 2 });
    expect(run.stderr).toContain("no message begins with the byte 83, at byte 0");
  });
});

async function openPort(vm: Oracle): Promise<number> {
  return Number(await vm.text("{N, P} = tracing:start_ip(50), register(tracer, P), N"));
}

function documents(stdout: string): unknown[] {
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
}
