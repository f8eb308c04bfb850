import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { EnitError } from "../../src/error/index.ts";
import { encodeTerm, parseTerm } from "../../src/term/index.ts";
import { TraceDecoder } from "../../src/trace/codec/decoder.ts";
import { traceMessageToJson } from "../../src/trace/codec/json.ts";
import type { TraceMessage } from "../../src/trace/codec/message.ts";
import { systemOtp } from "../support/otp.ts";
import { tempDir } from "../support/temp-dir.ts";
import { startTracer } from "./tracers.ts";

describe("TraceDecoder", () => {
  test("reads the same messages from a trace whole, byte by byte, and in pieces of any size", async () => {
    using dir = tempDir();
    await using vm = await startTracer(systemOtp());
    await vm.text(`tracing:to_file("${dir.join("trace")}"), tracing:odd("${dir.join("odd")}")`);
    for (const name of ["trace", "odd"]) {
      const bytes = await Bun.file(dir.join(name)).bytes();
      const whole = decode([bytes]);
      expect(whole.length).toBeGreaterThan(40);
      expect(decode(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(whole);
      for (const size of [2, 7, 100, 1001]) expect(decode(pieces(bytes, size))).toEqual(whole);
    }
  });

  test("reads drop counts up to the greatest", () => {
    const bytes = Uint8Array.of(1, 0, 0, 0, 7, 1, 0xff, 0xff, 0xff, 0xff);
    expect(decode([bytes])).toEqual([
      { kind: "drop", count: 7 },
      { kind: "drop", count: 0xffff_ffff },
    ]);
  });

  test("tells how much of an unfinished message is there, and where it begins", () => {
    const decoder = new TraceDecoder({ source: "test" });
    expect([decoder.unfinishedBytes, decoder.offset]).toEqual([0, 0]);
    const message = frame("{trace, a, exit, normal}");
    decoder.push(Buffer.concat([message, message.subarray(0, 3)]));
    expect(decoder.next()).toMatchObject({ kind: "event", event: "exit" });
    expect(decoder.next()).toBeUndefined();
    expect([decoder.unfinishedBytes, decoder.offset]).toEqual([3, message.length]);
    decoder.push(message.subarray(3, 9));
    expect(decoder.next()).toBeUndefined();
    expect([decoder.unfinishedBytes, decoder.offset]).toEqual([9, message.length]);
    decoder.push(message.subarray(9));
    expect(decoder.next()).toMatchObject({ kind: "event", event: "exit" });
    expect([decoder.unfinishedBytes, decoder.offset]).toEqual([0, 2 * message.length]);
  });

  test("refuses what is no trace at its first byte that cannot be one", () => {
    const message = frame("ok");
    for (const [bytes, offset] of [
      [Buffer.from("HTTP/1.1 400"), 0],
      [Uint8Array.of(2), 0],
      [Uint8Array.of(0, 0, 0, 0, 0), 0],
      [Uint8Array.of(0, 0, 0, 0, 9, 130), 5],
      [Buffer.concat([message, Uint8Array.of(77)]), message.length],
      [Uint8Array.of(0, 0, 0, 0, 2, 131, 255), 5],
      [Uint8Array.of(0, 0, 0, 0, 4, 131, 106, 0, 0), 5],
      [Uint8Array.of(0, 0, 0, 0, 3, 131, 97, 1, 0, 0, 0, 0, 0), 8],
    ] as const) {
      expect(failureOf(bytes)).toMatchObject({
        code: "trace_malformed",
        kind: "input",
        data: { offset, source: "test" },
      });
    }
    expect(failureOf(Buffer.from("HTTP")).hint).toContain("dbg:trace_port");
  });

  test("refuses a message over the limit before its bytes are there", () => {
    const announced = { offset: 0, size: 0x0400_0001, maxMessageBytes: 0x0400_0000 };
    expect(failureOf(Uint8Array.of(0, 4, 0, 0, 1))).toMatchObject({ code: "trace_limit", data: announced });
    const decoder = new TraceDecoder({ source: "test", maxMessageBytes: 8 });
    decoder.push(frame("[1, 2, 3, 4, 5, 6]"));
    expect(() => decoder.next()).toThrow("announces 10 bytes, more than 8");
  });

  test("goes on behind a message that is nested too deep or local to its node", () => {
    const deep = Buffer.concat([
      Buffer.from([131]),
      Buffer.from(Array.from({ length: 3000 }, () => [104, 1]).flat()),
      Buffer.from([106]),
    ]);
    const local = Uint8Array.of(131, 121, 1, 2, 3);
    const messages = decode([withHeader(deep), withHeader(local), frame("{drop, 3}")]);
    expect(messages).toEqual([
      { kind: "unreadable", size: deep.length, reason: expect.stringContaining("nested deeper") as string },
      { kind: "unreadable", size: local.length, reason: expect.stringContaining("local to the node") as string },
      { kind: "drop", count: 3 },
    ]);
  });

  test("gives messages or a known error for any bytes", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.constant(frame("{trace, a, in, b}")))),
        (all) => {
          try {
            decode(all);
          } catch (error) {
            expect(error).toBeInstanceOf(EnitError);
            expect(["trace_malformed", "trace_limit"]).toContain((error as EnitError).code);
          }
        },
      ),
    );
  });
});

function decode(chunks: readonly Uint8Array[]): unknown[] {
  const decoder = new TraceDecoder({ source: "test" });
  const messages: TraceMessage[] = [];
  for (const chunk of chunks) {
    decoder.push(chunk);
    for (let message = decoder.next(); message !== undefined; message = decoder.next()) messages.push(message);
  }
  return messages.map(traceMessageToJson);
}

function failureOf(bytes: Uint8Array): EnitError {
  try {
    decode([bytes]);
  } catch (error) {
    if (error instanceof EnitError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

function frame(text: string): Uint8Array {
  return withHeader(encodeTerm(parseTerm(text)));
}

function withHeader(term: Uint8Array): Uint8Array {
  const header = Buffer.alloc(5);
  header.writeUInt32BE(term.length, 1);
  return Buffer.concat([header, term]);
}

function pieces(bytes: Uint8Array, size: number): Uint8Array[] {
  const all: Uint8Array[] = [];
  for (let i = 0; i < bytes.length; i += size) all.push(bytes.subarray(i, i + size));
  return all;
}
