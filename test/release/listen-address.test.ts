import { expect, test } from "bun:test";
import fc from "fast-check";
import { readListenAddress } from "../../src/release/listen-address.ts";
import { type Term, atom, integer, string, tuple } from "../../src/term/index.ts";
import { oracle, systemOtp } from "../support/otp.ts";

const address = (...parts: number[]): Term => tuple(...parts.map((part) => integer(part)));

test("readListenAddress() writes addresses as text", () => {
  expect(readListenAddress(address(98, 77, 23, 2))).toBe("98.77.23.2");
  expect(readListenAddress(address(0, 0, 0, 0, 0, 0, 0, 1))).toBe("::1");
  expect(readListenAddress(address(0xfe80, 0, 0, 0, 0x10, 0, 0, 0xabcd))).toBe("fe80::10:0:0:abcd");
  expect(readListenAddress(address(0x2001, 0xdb8, 0, 1, 0, 0, 0, 0))).toBe("2001:db8:0:1::");
  expect(readListenAddress(atom("loopback"))).toBe("127.0.0.1");
});

test("readListenAddress() tells the addresses that are all of them", () => {
  expect(readListenAddress(atom("any"))).toBe("any");
  expect(readListenAddress(address(0, 0, 0, 0))).toBe("any");
  expect(readListenAddress(address(0, 0, 0, 0, 0, 0, 0, 0))).toBe("any");
});

test("readListenAddress() refuses everything else", () => {
  const wrong = [address(1, 2, 3), address(1, 2, 3, 256), address(-1, 0, 0, 1), address(0, 0, 0, 0, 0, 0, 0, 65_536)];
  for (const term of [...wrong, string("127.0.0.1"), atom("eth0"), tuple(atom("a"), atom("b"), atom("c"), atom("d"))]) {
    expect(readListenAddress(term)).toBeUndefined();
  }
});

test("readListenAddress() writes what inet:parse_address/1 reads as the same address", async () => {
  await using erl = await oracle(systemOtp());
  const word = fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.nat({ max: 0xffff }));
  const parts = fc.oneof(
    fc.array(fc.nat({ max: 0xff }), { minLength: 4, maxLength: 4 }),
    fc.array(word, { minLength: 8, maxLength: 8 }),
  );
  const samples = fc.sample(
    parts.filter((each) => each.some((part) => part > 0)),
    200,
  );
  const pairs = samples.map((each) => `{${each.join(",")}} = P("${readListenAddress(address(...each))}")`);
  const parse = "P = fun(Text) -> {ok, Address} = inet:parse_address(Text), Address end";
  expect(await erl.text(`${parse}, ${pairs.join(", ")}, ok`)).toBe("ok");
});
