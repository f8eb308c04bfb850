import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { EnitError } from "../../src/error/index.ts";
import {
  decodeMessage,
  encodeDown,
  encodeExit,
  encodeMonitor,
  encodeSend,
  encodeUnlinkAck,
  MessageFormatError,
  type PeerMessage,
  TICK,
} from "../../src/dist/control.ts";
import { FrameReader } from "../../src/dist/frame-reader.ts";
import { Identities } from "../../src/dist/identities.ts";
import { atom, binary, encodeTerm, float, integer, list, type Term, tuple } from "../../src/term/index.ts";
import { readRecording } from "../fixtures/dist/record.ts";

function messagesOf(chunks: readonly Uint8Array[]): PeerMessage[] {
  const reader = new FrameReader(0);
  reader.useLongFrames(1000);
  const messages: PeerMessage[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let frame = reader.next(); frame !== undefined; frame = reader.next()) messages.push(decodeMessage(frame));
  }
  return messages;
}

for (const { otp, handshake, session } of await Promise.all([25, 27, 29].map(readRecording))) {
  describe(`the session recorded from OTP ${otp}`, () => {
    const bytes = Uint8Array.fromHex(session);
    const us = new Identities(handshake.ownName, handshake.ownCreation).newPid();
    const theirs: unknown = expect.objectContaining({
      kind: "pid",
      node: handshake.peerName,
      creation: handshake.creation,
    });
    const reference: unknown = expect.objectContaining({ kind: "reference", node: handshake.peerName });
    const anInteger: unknown = expect.objectContaining({ kind: "integer" });
    const message = tuple(atom("hello"), list([integer(1), integer(2), integer(3)]), binary("bytes"), float(1.5));
    const expected = [
      { kind: "send", to: us, message },
      { kind: "send", to: "somebody", message: atom("by_name") },
      { kind: "send", to: us, message: atom("traced") },
      { kind: "monitor", from: theirs, to: us, reference },
      { kind: "other", operation: 20 },
      { kind: "monitor", from: theirs, to: "somebody", reference },
      { kind: "link", from: theirs, to: us },
      { kind: "unlink", id: anInteger, from: theirs, to: us },
      { kind: "exit", from: theirs, to: us, reason: atom("because") },
      { kind: "other", operation: 7 },
      { kind: "link", from: theirs, to: us },
      { kind: "exit", from: theirs, to: us, reason: atom("bye") },
      { kind: "send", to: us, message: atom("done") },
    ];

    test("decodeMessage() understands every message", () => {
      const messages: unknown = messagesOf([bytes]);
      expect(messages).toEqual(expected);
    });

    test("decodeMessage() does so byte by byte", () => {
      const messages: unknown = messagesOf(Array.from(bytes, (byte) => Uint8Array.of(byte)));
      expect(messages).toEqual(expected);
    });
  });
}

const ours = new Identities("a@h", 7);
const [self, other, reference] = [ours.newPid(), ours.newPid(), ours.newReference()];

test("what we send is understood as it was meant", () => {
  const frames: readonly (readonly [Uint8Array, PeerMessage])[] = [
    [encodeSend(self, "name", integer(1)), { kind: "send", to: "name", message: integer(1) }],
    [encodeSend(self, other, integer(1)), { kind: "send", to: other, message: integer(1) }],
    [encodeMonitor(self, "name", reference), { kind: "monitor", from: self, to: "name", reference }],
    [encodeMonitor(self, other, reference), { kind: "monitor", from: self, to: other, reference }],
    [encodeDown("name", other, reference, atom("x")), { kind: "down", reference, reason: atom("x") }],
    [encodeExit(self, other, atom("x")), { kind: "exit", from: self, to: other, reason: atom("x") }],
    [encodeUnlinkAck(integer(5), self, other), { kind: "other", operation: 36 }],
    [TICK, { kind: "tick" }],
  ];
  for (const [frame, message] of frames) expect(messagesOf([frame])).toEqual([message]);
});

test("decodeMessage() reads the forms with a trace token before the reason", () => {
  const token = tuple(integer(1));
  for (const operation of [13, 18]) {
    const frame = control(tuple(integer(operation), self, other, token, atom("why")));
    expect(decodeMessage(frame)).toEqual({ kind: "exit", from: self, to: other, reason: atom("why") });
  }
  const send = control(tuple(integer(16), self, atom(""), atom("name"), token), integer(1));
  expect(decodeMessage(send)).toEqual({ kind: "send", to: "name", message: integer(1) });
});

test("decodeMessage() lets operations pass that it does not know", () => {
  expect(decodeMessage(control(tuple(integer(999), atom("x"))))).toEqual({ kind: "other", operation: 999 });
});

test("decodeMessage() refuses what is no message", () => {
  const wrong: readonly (readonly [Uint8Array, string])[] = [
    [Uint8Array.of(131, 68, 0), "a message that begins with 131"],
    [control(atom("x")), "a control message without operation"],
    [control(tuple()), "a control message without operation"],
    [control(tuple(integer(2), atom(""), self)), "a control message that is too short"],
    [control(tuple(integer(2), atom(""), integer(1)), atom("x")), "a control message without the pid that it needs"],
    [control(tuple(integer(19), self, self, self)), "a control message without the reference that it needs"],
    [
      Buffer.concat([control(tuple(integer(2), atom(""), self), atom("x")), Uint8Array.of(0)]),
      "a message with bytes behind its end",
    ],
  ];
  for (const [frame, message] of wrong) expect(() => decodeMessage(frame)).toThrow(new MessageFormatError(message));
});

test("decodeMessage() takes any bytes for a message or throws a known error", () => {
  const whole = control(tuple(integer(19), self, other, reference), integer(1));
  const broken = fc.tuple(fc.nat(whole.length - 1), fc.nat(255)).map(([at, byte]) => whole.with(at, byte));
  fc.assert(
    fc.property(fc.oneof(broken, fc.uint8Array()), (bytes) => {
      try {
        decodeMessage(bytes);
      } catch (error) {
        expect(error instanceof MessageFormatError || error instanceof EnitError).toBe(true);
      }
    }),
    { numRuns: 1000 },
  );
});

/** A frame without its length. */
function control(term: Term, message?: Term): Uint8Array {
  const parts = [Uint8Array.of(112), encodeTerm(term)];
  if (message !== undefined) parts.push(encodeTerm(message));
  return new Uint8Array(Buffer.concat(parts));
}
