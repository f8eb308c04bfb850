import { readLines } from "../support/lines.ts";
import { type OtpInstallation, systemOtp } from "../support/otp.ts";
import { ENIT } from "../support/run-enit.ts";
import { tempDir } from "../support/temp-dir.ts";
import { startTracer } from "../trace/tracers.ts";
import { compareProcesses } from "./processes.ts";
import { type Comparison, type Row, median } from "./report.ts";
import { benchTraceLoad } from "./trace-load.ts";

const MESSAGES = 50_000;
const MANY_MESSAGES = 1_000_000;
const ROUNDS = 5;

/**
 * Printing traces beside `dbg:trace_client`: from a file, from a port, and from a node that traces as fast as it can; and what
 * `enit trace` costs the node.
 */
export async function benchTrace(): Promise<Comparison[]> {
  const otp = systemOtp();
  using dir = tempDir();
  const file = dir.join("some.trace");
  const manyFile = dir.join("many.trace");
  await writeTrace(otp, file, MESSAGES);
  await writeTrace(otp, manyFile, MANY_MESSAGES);
  const kinds = "calls with their caller, returns, messages sent and received";
  return [
    {
      title: `Print a trace of ${MESSAGES.toLocaleString("en")} messages from a file`,
      how: `Whole processes, ${ROUNDS} rounds, output to /dev/null; ${kinds}.`,
      unit: "messages/s",
      rows: toRates(
        await compareProcesses(
          [
            { name: "`enit tracefile`", command: [ENIT, "tracefile", file] },
            { name: "`dbg:trace_client(file, ...)`", command: dbgCommand(otp, `file, "${file}"`) },
          ],
          ROUNDS,
        ),
        MESSAGES,
      ),
    },
    {
      title: `Print a trace of ${MANY_MESSAGES.toLocaleString("en")} messages from a file`,
      how: `The same, to show that memory stays as it is, with --json as well.`,
      unit: "messages/s",
      rows: toRates(
        await compareProcesses(
          [
            { name: "`enit tracefile`", command: [ENIT, "tracefile", manyFile] },
            { name: "`enit tracefile --json`", command: [ENIT, "tracefile", manyFile, "--json"] },
          ],
          ROUNDS,
        ),
        MANY_MESSAGES,
      ),
    },
    await benchPort(otp, file),
    await benchLive(otp),
    ...(await benchTraceLoad()),
  ];
}

async function benchPort(otp: OtpInstallation, file: string): Promise<Comparison> {
  const bytes = await Bun.file(file).bytes();
  using server = serve(bytes);
  const { port } = server;
  return {
    title: `Print a trace of ${MESSAGES.toLocaleString("en")} messages from a port`,
    how: `Whole processes, ${ROUNDS} rounds, output to /dev/null; a server sends the same bytes as fast as they are taken.`,
    unit: "messages/s",
    rows: toRates(
      await compareProcesses(
        [
          { name: "`enit traceip`", command: [ENIT, "traceip", String(port), "--quiet"] },
          { name: "`dbg:trace_client(ip, ...)`", command: dbgCommand(otp, `ip, ${port}`) },
        ],
        ROUNDS,
      ),
      MESSAGES,
    ),
  };
}

/** A tracer drops what a slow reader does not take: how much comes through? */
async function benchLive(otp: OtpInstallation): Promise<Comparison> {
  const peers = [
    { name: "`enit traceip`", command: (port: number) => [ENIT, "traceip", String(port), "--quiet"] },
    { name: "`dbg:trace_client(ip, ...)`", command: (port: number) => dbgCommand(otp, `ip, ${port}`) },
  ];
  const counts = peers.map((): number[] => []);
  await using vm = await startTracer(otp);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, { command }] of peers.entries()) {
      const port = Number(await vm.text("{N, P} = tracing:start_ip(200), register(tracer, P), N"));
      const client = new Client(command(port));
      // The first one waits in the queue for the client; those behind the calls may be dropped.
      await vm.text("tracing:do(tracer, last)");
      await client.sees(1);
      await vm.text(`tracing:do(tracer, {calls, ${MESSAGES}}), tracing:do(tracer, last)`);
      while (!client.hasSeen(2)) await vm.text("tracing:do(tracer, last)");
      await vm.text("tracing:do(tracer, stop)");
      counts[i]?.push(await client.end());
    }
  }
  return {
    title: `What comes through of ${MESSAGES.toLocaleString("en")} calls that a node traces as fast as it can`,
    how: `${ROUNDS} rounds, the tracer's queue at its default of 200 messages, beyond which it drops.`,
    unit: "messages",
    rows: peers.map(({ name }, i) => ({ name, median: median(counts[i] ?? []) })),
  };
}

/** A process that prints a trace, whose calls are counted. */
class Client {
  #calls = 0;
  #lastWords = 0;
  #wake = (): void => undefined;
  readonly #reading: Promise<void>;

  constructor(command: readonly string[]) {
    const child = Bun.spawn({ cmd: [...command], stdin: "ignore", stdout: "pipe", stderr: "inherit" });
    this.#reading = this.#read(child.stdout);
  }

  /** Whether it has printed so many calls with the last word. */
  hasSeen(lastWords: number): boolean {
    return this.#lastWords >= lastWords;
  }

  async sees(lastWords: number): Promise<void> {
    while (!this.hasSeen(lastWords)) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
  }

  /** Waits for its end, and gives how many calls it printed. */
  async end(): Promise<number> {
    await this.#reading;
    return this.#calls;
  }

  async #read(output: ReadableStream<Uint8Array>): Promise<void> {
    for await (const line of readLines(output)) {
      if (line.includes("hello")) this.#calls++;
      if (line.includes("the_last_word")) {
        this.#lastWords++;
        this.#wake();
      }
    }
  }
}

async function writeTrace(otp: OtpInstallation, file: string, messages: number): Promise<void> {
  await using vm = await startTracer(otp);
  const calls = `tracing:do(P, {mixed, ${messages / 4}})`;
  await vm.text(`P = tracing:start_file("${file}"), ${calls}, tracing:do(P, stop)`);
}

/** A VM that prints a trace to its end and halts. */
function dbgCommand(otp: OtpInstallation, client: string): readonly string[] {
  const wait = "receive {'DOWN', Monitor, _, _, _} -> halt() end";
  const program = `Pid = dbg:trace_client(${client}), Monitor = monitor(process, Pid), ${wait}.`;
  return [otp.erl, "-noinput", "-eval", program];
}

function toRates(rows: readonly Row[], messages: number): Row[] {
  return rows.map((row) => ({ ...row, median: messages / (row.median / 1000) }));
}

function serve(bytes: Uint8Array): Bun.TCPSocketListener<number> {
  const write = (socket: Bun.Socket<number>): void => {
    while (socket.data < bytes.length) {
      const accepted = socket.write(bytes.subarray(socket.data));
      if (accepted <= 0) return;
      socket.data += accepted;
    }
    socket.end();
  };
  return Bun.listen<number>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      data() {},
      open: (socket) => {
        socket.data = 0;
        write(socket);
      },
      drain: write,
    },
  });
}
