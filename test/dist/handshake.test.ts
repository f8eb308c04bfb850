import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { FrameReader } from "../../src/dist/frame-reader.ts";
import { Handshake, HandshakeError, type HandshakeOptions, MAX_HANDSHAKE_BYTES } from "../../src/dist/handshake.ts";
import { type Recording, readRecording } from "../fixtures/dist/record.ts";

const recordings = await Promise.all([25, 27, 29].map(readRecording));

/** What a handshake sends, and how it ends, when it is given these chunks. */
function replay(options: HandshakeOptions, chunks: readonly Uint8Array[]): { sent: string[]; peer: unknown } {
  const handshake = new Handshake(options);
  const reader = new FrameReader(MAX_HANDSHAKE_BYTES);
  const sent = [handshake.start().toHex()];
  let peer: unknown;
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let message = reader.next(); message !== undefined; message = reader.next()) {
      const step = handshake.receive(message);
      if (step.kind === "done") peer = step.peer;
      else if (step.send !== undefined) sent.push(step.send.toHex());
    }
  }
  return { sent, peer };
}

function fault(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof HandshakeError) return error.message;
    throw error;
  }
  return "none";
}

for (const { otp, handshake } of recordings) {
  describe(`the handshake recorded from OTP ${otp}`, () => {
    const bytes = Uint8Array.fromHex(handshake.received);
    const peer = {
      name: handshake.peerName,
      flags: BigInt(`0x${handshake.flags}`),
      creation: handshake.creation,
    };

    test("receive() says what was said then, and ends with the peer", () => {
      expect(replay(handshake, [bytes])).toEqual({ sent: [...handshake.sent], peer });
    });

    test("receive() does so byte by byte", () => {
      const chunks = Array.from(bytes, (byte) => Uint8Array.of(byte));
      expect(replay(handshake, chunks)).toEqual({ sent: [...handshake.sent], peer });
    });

    test("receive() notices a peer that has another cookie", () => {
      expect(fault(() => replay({ ...handshake, cookie: "another" }, [bytes]))).toBe("wrong_cookie");
    });

    test("receive() notices a digest that was made for another challenge", () => {
      expect(fault(() => replay({ ...handshake, challenge: 1 }, [bytes]))).toBe("wrong_cookie");
    });

    test("receive() notices a node of another name", () => {
      expect(fault(() => replay({ ...handshake, peerName: "x@y" }, [bytes]))).toBe(`other_node: ${handshake.peerName}`);
    });
  });
}

/** Messages of the recording from OTP 25, without their lengths. */
function recorded(): { options: HandshakeOptions; status: Uint8Array; challenge: Uint8Array; ack: Uint8Array } {
  const { handshake } = recordings[0] as Recording;
  const reader = new FrameReader(MAX_HANDSHAKE_BYTES);
  reader.push(Uint8Array.fromHex(handshake.received));
  const next = (): Uint8Array => reader.next() ?? new Uint8Array();
  return { options: handshake, status: next(), challenge: next(), ack: next() };
}

test("receive() gives the status of a node that refuses, fit to be printed", () => {
  for (const [status, shown] of [
    ["not_allowed", "not_allowed"],
    ["nok", "nok"],
    ["alive", "alive"],
    ["named:\0\x05", "named:??"],
    ["x".repeat(1000), "x".repeat(64)],
  ] as const) {
    const handshake = new Handshake(recorded().options);
    expect(fault(() => handshake.receive(Buffer.from(`s${status}`)))).toBe(`refused: ${shown}`);
  }
});

test("receive() takes ok_simultaneous for ok", () => {
  const { options, challenge } = recorded();
  const handshake = new Handshake(options);
  expect(handshake.receive(Buffer.from("sok_simultaneous"))).toEqual({ kind: "continue" });
  expect(handshake.receive(challenge)).toHaveProperty("send");
});

test("receive() refuses a node without the flag that OTP 25 brought", () => {
  const { options, status, challenge } = recorded();
  const handshake = new Handshake(options);
  handshake.receive(status);
  const old = challenge.slice();
  old[5] = (old[5] ?? 0) & ~0x04;
  expect(fault(() => handshake.receive(old))).toBe("too_old");
});

test("receive() takes a challenge with bytes behind the name, which are for later versions", () => {
  const { options, status, challenge, ack } = recorded();
  const handshake = new Handshake(options);
  handshake.receive(status);
  handshake.receive(Buffer.concat([challenge, Uint8Array.of(1, 2, 3)]));
  expect(handshake.receive(ack).kind).toBe("done");
  expect(handshake.stage).toBe("done");
});

test("receive() refuses a message out of turn, and each message cut short", () => {
  const { options, status, challenge, ack } = recorded();
  expect(fault(() => new Handshake(options).receive(ack))).toStartWith('malformed: a message "a" where the status');
  for (let length = 0; length < challenge.length; length++) {
    const handshake = new Handshake(options);
    handshake.receive(status);
    expect(fault(() => handshake.receive(challenge.subarray(0, length)))).toStartWith("malformed: a message");
  }
  for (let length = 0; length < ack.length; length++) {
    const handshake = new Handshake(options);
    handshake.receive(status);
    handshake.receive(challenge);
    expect(fault(() => handshake.receive(ack.subarray(0, length)))).toStartWith("malformed: a message");
  }
});

test("receive() takes any bytes for a message or throws a HandshakeError without the cookie", () => {
  const { options, status, challenge } = recorded();
  const tagged = fc
    .tuple(fc.constantFrom("s", "N", "a", "r"), fc.uint8Array())
    .map(([tag, rest]) => Buffer.concat([Buffer.from(tag), rest]));
  fc.assert(
    fc.property(fc.nat(2), fc.oneof(tagged, fc.uint8Array()), (stage, bytes) => {
      const handshake = new Handshake(options);
      for (const message of [status, challenge].slice(0, stage)) handshake.receive(message);
      expect(fault(() => handshake.receive(bytes))).not.toContain(options.cookie);
    }),
  );
});
