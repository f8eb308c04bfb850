import { expect, test } from "bun:test";
import fc from "fast-check";
import { FrameReader, FrameTooLongError } from "../../src/dist/frame-reader.ts";

/** All frames that the chunks hold so far. */
function readAll(reader: FrameReader, chunks: readonly Uint8Array[]): number[][] {
  const frames: number[][] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let frame = reader.next(); frame !== undefined; frame = reader.next()) frames.push([...frame]);
  }
  return frames;
}

test("next() gives frames of a two-byte length, empty ones too", () => {
  const stream = Uint8Array.of(0, 1, 7, 0, 0, 0, 3, 1, 2, 3, 0);
  expect(readAll(new FrameReader(100), [stream])).toEqual([[7], [], [1, 2, 3]]);
});

test("next() gives frames of a four-byte length after useLongFrames(), from bytes that were there before", () => {
  const reader = new FrameReader(100);
  reader.push(Uint8Array.of(0, 1, 7, 0, 0, 0, 2, 8, 9));
  expect(reader.next()).toEqual(Uint8Array.of(7));
  reader.useLongFrames(2);
  expect(reader.next()).toEqual(Uint8Array.of(8, 9));
  expect(reader.next()).toBeUndefined();
});

test("next() gives the same frames however the stream is cut", () => {
  const frames = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 });
  const cuts = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(frames, cuts, (sent, sizes) => {
      const stream = Buffer.concat(sent.map((frame) => Buffer.concat([Uint8Array.of(0, frame.length), frame])));
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < stream.length; at += chunks.at(-1)?.length ?? 0) {
        chunks.push(stream.subarray(at, at + (sizes[chunks.length % sizes.length] ?? 1)));
      }
      expect(readAll(new FrameReader(100), chunks)).toEqual(sent.map((frame) => [...frame]));
    }),
  );
});

test("next() refuses a frame over the limit as soon as its length is known", () => {
  const reader = new FrameReader(100);
  reader.push(Uint8Array.of(0, 101));
  expect(() => reader.next()).toThrow(FrameTooLongError);
  const long = new FrameReader(100);
  long.useLongFrames(0xffff);
  long.push(Uint8Array.of(0xff, 0xff, 0xff, 0xff));
  expect(() => long.next()).toThrow("4294967295 bytes");
});
