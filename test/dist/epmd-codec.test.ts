import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  decodeNamesAnswer,
  decodePortAnswer,
  encodeNamesRequest,
  encodePortRequest,
  EpmdFormatError,
} from "../../src/dist/epmd-codec.ts";
import { readRecording } from "../fixtures/dist/record.ts";

test("encodePortRequest() and encodeNamesRequest() make what the protocol says", () => {
  expect(encodePortRequest("nöde").toHex()).toBe("00067a6ec3b66465");
  expect(encodeNamesRequest().toHex()).toBe("00016e");
});

for (const { otp, epmd } of await Promise.all([25, 27, 29].map(readRecording))) {
  test(`decodePortAnswer() reads what the epmd of OTP ${otp} said, whole and at no byte before`, () => {
    const bytes = Uint8Array.fromHex(epmd.port);
    const port = new DataView(bytes.buffer).getUint16(2);
    expect(decodePortAnswer(bytes)).toEqual({ kind: "whole", value: { name: "recorded", port, versions: [5, 6] } });
    for (let length = 0; length < bytes.length; length++) {
      expect(decodePortAnswer(bytes.subarray(0, length))).toEqual({ kind: "incomplete" });
    }
  });

  test(`decodeNamesAnswer() reads what the epmd of OTP ${otp} said`, () => {
    const port = new DataView(Uint8Array.fromHex(epmd.port).buffer).getUint16(2);
    expect(decodeNamesAnswer(Uint8Array.fromHex(epmd.names))).toEqual([{ name: "recorded", port }]);
  });
}

test("decodePortAnswer() understands that there is no such node", () => {
  expect(decodePortAnswer(Uint8Array.of(119, 1))).toEqual({ kind: "whole", value: undefined });
});

test("decodeNamesAnswer() reads names with spaces and other letters, and none at all", () => {
  const answer = Buffer.from("\0\0\x11\x11name a b at port 1\nname ö at port 65535\n");
  expect(decodeNamesAnswer(answer)).toEqual([
    { name: "a b", port: 1 },
    { name: "ö", port: 65535 },
  ]);
  expect(decodeNamesAnswer(Uint8Array.of(0, 0, 0x11, 0x11))).toEqual([]);
});

test("decodePortAnswer() and decodeNamesAnswer() refuse what comes from no epmd", () => {
  const http = Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n");
  expect(() => decodePortAnswer(http)).toThrow(new EpmdFormatError("an answer that begins with 72"));
  expect(() => decodeNamesAnswer(http)).toThrow(new EpmdFormatError("an answer that lists no nodes"));
  expect(() => decodeNamesAnswer(Uint8Array.of(1))).toThrow(new EpmdFormatError("an answer of 1 bytes"));
});

test("any bytes are an answer or an EpmdFormatError", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      for (const decode of [decodePortAnswer, decodeNamesAnswer]) {
        try {
          decode(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(EpmdFormatError);
        }
      }
    }),
  );
});
