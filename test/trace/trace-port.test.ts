import { afterAll, describe, expect, test } from "bun:test";
import { type TracePortOptions, TracePrinter, readTracePort } from "../../src/trace/index.ts";
import { freePort } from "../support/epmd.ts";
import { failure } from "../support/failure.ts";
import type { Oracle } from "../support/otp.ts";
import { printedByDbg, startTracers } from "./tracers.ts";

/**
 * Enough for what a test traces before anyone connects. Never below 7: of its queue of pointers the driver (OTP 25 to 29)
 * clears as many bytes as there are entries, so that a shorter one begins with garbage, and the node may crash.
 */
const QUEUE = 50;

const vms = await startTracers();
afterAll(async () => {
  for (const vm of vms) await vm[Symbol.asyncDispose]();
});

describe("readTracePort()", () => {
  test("gives what dbg prints of a node's trace port, until the node closes it", async () => {
    for (const vm of vms) {
      const port = await openPort(vm, 100_000);
      await vm.text("tracing:do(tracer, all), tracing:do(tracer, last)");
      // A trace can be read only once: whoever is served here gets the same bytes again.
      const bytes = await record(port, "the_last_word");
      await vm.text("tracing:do(tracer, stop)");
      using server = serve(bytes);
      const expected = await printedByDbg(vm, `printed_ip(${server.port})`);
      expect(expected.split("\n").length).toBeGreaterThan(300);
      expect(await printed({ port: server.port }, vm.otp.major)).toBe(expected);
    }
  });

  test("tells how many messages the tracer dropped, as dbg does", async () => {
    for (const vm of vms) {
      const port = await openPort(vm, QUEUE);
      await vm.text(`tracing:do(tracer, {calls, ${QUEUE + 15}})`);
      const reading = printed({ port, host: "127.0.0.1" }, vm.otp.major, async (text) => {
        if (text.includes("Dropped")) await vm.text("tracing:do(tracer, stop)");
      });
      const lines = (await reading).split("\n");
      expect(lines.length).toBe(QUEUE + 2);
      expect(lines.slice(-3)).toEqual([
        expect.stringContaining(`call tracing:greet("hello",${QUEUE})`) as string,
        "*** Dropped 15 messages.",
        "",
      ]);
    }
  });

  test("ends without an error when the signal is aborted, whether messages come or not", async () => {
    const [vm] = vms;
    if (vm === undefined) throw new Error("no OTP");
    const port = await openPort(vm, QUEUE);
    await vm.text("tracing:do(tracer, {calls, 2})");
    const controller = new AbortController();
    const text = await printed({ port, signal: controller.signal }, 29, () => controller.abort());
    expect(text).toContain("call tracing:greet");
    await vm.text("tracing:do(tracer, stop)");

    using quiet = serve(Buffer.from([1, 0, 0, 0, 3]), { stayOpen: true });
    const later = new AbortController();
    const waiting = printed(
      { port: quiet.port, signal: later.signal },
      29,
      () => void setImmediate(() => later.abort()),
    );
    expect(await waiting).toBe("*** Dropped 3 messages.\n");
  });

  test("gives the reason of a signal that comes before the connection stands", async () => {
    const port = freePort();
    const reason = new DOMException("enough", "AbortError");
    expect(await printed({ port, signal: AbortSignal.abort(reason) }).catch((error: unknown) => error)).toBe(reason);
    const timeout = AbortSignal.abort(new DOMException("time is up", "TimeoutError"));
    expect(await failure(printed({ port, signal: timeout }))).toMatchObject({
      code: "trace_unreachable",
      message: expect.stringContaining("does not answer in time") as string,
    });
  });

  test("says that nobody listens, and that a host is unknown", async () => {
    const port = freePort();
    expect(await failure(printed({ port }))).toMatchObject({
      code: "trace_unreachable",
      kind: "io",
      message: `cannot connect to the trace port "localhost:${port}": nobody listens there`,
      hint: expect.stringContaining("enitdbg:ip") as string,
    });
    expect(await failure(printed({ port, host: "no-such-host.invalid" }))).toMatchObject({
      code: "trace_unreachable",
      message: expect.stringContaining("the host is unknown") as string,
    });
  });

  test("refuses a peer that speaks something else, behind the messages before", async () => {
    const drop = Buffer.from([1, 0, 0, 0, 3]);
    for (const junk of ["HTTP/1.1 400 Bad Request\r\n\r\n", "\0\0\0\0\u0009nonsense"]) {
      using server = serve(Buffer.concat([drop, Buffer.from(junk)]), { stayOpen: true });
      const texts: string[] = [];
      const error = await failure(printed({ port: server.port }, 29, (text) => void texts.push(text)));
      expect(texts).toEqual(["*** Dropped 3 messages.\n"]);
      expect(error).toMatchObject({ code: "trace_malformed", kind: "input" });
      expect(error.message).toStartWith(`cannot read the trace "localhost:${server.port}": `);
    }
  });

  test("says what was missing if the peer closes within a message", async () => {
    using server = serve(Buffer.from([1, 0, 0, 0, 3, 0, 0]));
    const texts: string[] = [];
    const error = await failure(printed({ port: server.port }, 29, (text) => void texts.push(text)));
    expect(texts).toEqual(["*** Dropped 3 messages.\n"]);
    expect(error).toMatchObject({ code: "trace_cut", data: { offset: 5, unfinishedBytes: 2 } });
  });

  test("makes the peer wait while nobody takes the messages, and loses none", async () => {
    const drops = Buffer.concat(Array.from({ length: 200_000 }, () => Buffer.from([1, 0, 0, 0, 1])));
    const rounds = 100;
    let sent = 0;
    const write = (socket: Bun.Socket): void => {
      while (sent < rounds * drops.length) {
        const accepted = socket.write(drops.subarray(sent % drops.length));
        if (accepted <= 0) return;
        sent += accepted;
      }
      socket.end();
    };
    using server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {}, open: write, drain: write } });
    let count = 0;
    let mostAhead = 0;
    for await (const batch of readTracePort({ port: server.port })) {
      count += batch.length;
      mostAhead = Math.max(mostAhead, sent - 5 * count);
      // As slow as an output that has to be waited for.
      if (count % 65_536 === 0) await Bun.sleep(0);
    }
    expect(count).toBe(200_000 * rounds);
    expect(mostAhead).toBeLessThan(64 * 1024 * 1024);
  });
});

/** Has a VM open a trace port with a queue, under the name `tracer`. */
async function openPort(vm: Oracle, queue: number): Promise<number> {
  return Number(await vm.text(`{N, P} = tracing:start_ip(${queue}), register(tracer, P), N`));
}

/** Reads a port until the message that holds a word, which is the last one. */
async function record(port: number, word: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      binaryType: "uint8array",
      data: (_socket, chunk) => {
        chunks.push(chunk);
        if (Buffer.concat(chunks.slice(-2)).includes(word)) resolve();
      },
    },
  });
  await promise;
  socket.end();
  return Buffer.concat(chunks);
}

/** Sends the same bytes to whoever connects, and closes. */
function serve(bytes: Uint8Array, options: { readonly stayOpen?: boolean } = {}): Bun.TCPSocketListener {
  const write = (socket: Bun.Socket<number>): void => {
    socket.data += Math.max(0, socket.write(bytes.subarray(socket.data)));
    if (socket.data === bytes.length && options.stayOpen !== true) socket.end();
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

async function printed(
  options: TracePortOptions,
  otp = 29,
  onText?: (text: string) => void | Promise<unknown>,
): Promise<string> {
  const printer = new TracePrinter({ otp });
  let text = "";
  for await (const batch of readTracePort(options)) {
    for (const message of batch) {
      const line = printer.print(message);
      text += line;
      await onText?.(line);
    }
  }
  return text;
}
