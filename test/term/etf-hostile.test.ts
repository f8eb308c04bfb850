import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { EnitError } from "../../src/error/index.ts";
import {
  type DecodeOptions,
  type Term,
  compareTerms,
  decodeTerm,
  decodeTermAt,
  encodeTerm,
  equalTerms,
  nil,
  parseTerm,
  printTerm,
  termToJson,
  tuple,
} from "../../src/term/index.ts";
import { bytesOf, evaluateList, termOracles } from "./oracles.ts";

// The oracles may have to share their cores.
setDefaultTimeout(60_000);

const oracles = await termOracles();
afterAll(async () => {
  for (const erl of oracles) await erl[Symbol.asyncDispose]();
});

/** The term, or the error that decoding throws; any other throw fails the test. */
function decode(bytes: Uint8Array, options: DecodeOptions = {}): Term | EnitError {
  try {
    return decodeTerm(bytes, options);
  } catch (error) {
    if (error instanceof EnitError) return error;
    throw error;
  }
}

function errorOf(bytes: Uint8Array, options: DecodeOptions = {}): EnitError {
  const result = decode(bytes, options);
  if (result instanceof EnitError) return result;
  throw new Error(`accepted: ${Buffer.from(bytes).toString("hex")}`);
}

const u32 = (value: number) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
const term = (...bytes: readonly number[]) => Uint8Array.of(131, ...bytes);

/** `times` times some bytes, then a term, all behind the version byte. */
function nested(times: number, open: readonly number[], close: readonly number[] = []): Uint8Array {
  const opened = Array<readonly number[]>(times).fill(open).flat();
  const closed = Array<readonly number[]>(times).fill(close).flat();
  return Uint8Array.from([131, ...opened, 119, 1, 122, ...closed]);
}

/** A compressed term of these bytes that declares another length. */
function compressed(inflated: Uint8Array, length = inflated.length): Uint8Array {
  return Uint8Array.from([131, 80, ...u32(length), ...deflateSync(inflated)]);
}

describe.each(oracles.map((erl) => [erl.otp.major, erl] as const))("OTP %d", (otp, erl) => {
  test("every term cut short at any byte is malformed at an offset within it", async () => {
    const written = await evaluateList(erl, `[term_to_binary(T) || T <- terms:generate(all, ${otp + 7}, 150)]`);
    const wrong: string[] = [];
    let cuts = 0;
    for (const bytes of written.map(bytesOf)) {
      for (let length = 0; length < bytes.length; length++) {
        const { code, data } = errorOf(bytes.subarray(0, length));
        if (code !== "etf_malformed" || Number(data["offset"]) > length)
          wrong.push(`${code} at ${String(data["offset"])} of ${length}`);
        cuts++;
      }
    }
    expect(cuts).toBeGreaterThan(10_000);
    expect(wrong).toEqual([]);
  });
});

test("any bytes give a term or an error", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      const result = decode(Uint8Array.of(131, ...bytes));
      if (result instanceof EnitError) expect(result.code).toMatch(/^(etf_malformed|etf_unsupported|term_limit)$/);
      else expect(equalTerms(decodeTerm(encodeTerm(result)), result)).toBe(true);
    }),
    { numRuns: 5000 },
  );
});

describe("depth", () => {
  const shapes: readonly (readonly [string, Uint8Array])[] = [
    ["tuples", nested(1999, [104, 1])],
    ["tagged tuples", nested(1999, [104, 2, 119, 1, 97])],
    ["lists", nested(1999, [108, 0, 0, 0, 1], [106])],
    ["tails", nested(999, [108, 0, 0, 0, 1, 97, 1, 104, 1])],
    ["map values", nested(1999, [116, 0, 0, 0, 1, 106])],
    ["map keys", nested(1999, [116, 0, 0, 0, 1], [106])],
    ["map keys beside another", nested(1999, [116, 0, 0, 0, 2, 106, 106], [106])],
  ];

  test.each(shapes)("%s nested to the limit go through everything", (_, bytes) => {
    const [deep, again] = [decodeTerm(bytes), decodeTerm(bytes)];
    expect(equalTerms(deep, again)).toBe(true);
    expect(compareTerms(deep, again)).toBe(0);
    expect(encodeTerm(deep)).toEqual(bytes);
    const written = printTerm(deep, { format: "w" });
    expect(equalTerms(parseTerm(written), deep)).toBe(true);
    expect(printTerm(deep, { width: 0 })).toBe(written);
    expect(printTerm(deep).replace(/\s/g, "")).toBe(written.replace(/\s/g, ""));
    expect(JSON.stringify(termToJson(deep)).length).toBeGreaterThan(2000);
  });

  test.each([
    ["tuples", [104, 1]],
    ["lists", [108, 0, 0, 0, 1]],
    ["tails", [108, 0, 0, 0, 1, 97, 1]],
    ["map values", [116, 0, 0, 0, 1, 106]],
    ["map keys", [116, 0, 0, 0, 1]],
    [
      "free variables of funs",
      [117, ...u32(1), 88, 119, 1, 97, ...u32(0), ...u32(0), ...u32(0), 119, 1, 97, 97, 0, 97, 0],
    ],
  ])("%s nested a hundred thousand times are refused", (_, open) => {
    expect(errorOf(nested(100_000, open)).code).toBe("term_limit");
  });

  test("maxDepth counts levels, and cannot exceed the limit", () => {
    expect(decode(nested(9, [104, 1]), { maxDepth: 10 })).not.toBeInstanceOf(EnitError);
    expect(errorOf(nested(10, [104, 1]), { maxDepth: 10 }).code).toBe("term_limit");
    expect(errorOf(nested(2000, [104, 1]), { maxDepth: 1_000_000 }).code).toBe("term_limit");
  });

  test("a term made by hand that is nested too deep is refused by everything else", () => {
    let deep: Term = nil;
    let other: Term = nil;
    for (let i = 0; i < 100_000; i++) [deep, other] = [tuple(deep), tuple(other)];
    for (const use of [
      () => encodeTerm(deep),
      () => printTerm(deep),
      () => printTerm(deep, { format: "w" }),
      () => printTerm(deep, { width: 1e9 }),
      () => termToJson(deep),
      () => equalTerms(deep, other),
      () => compareTerms(deep, other),
    ]) {
      expect(use).toThrow("nested deeper than 2000 levels");
    }
  });
});

describe("size", () => {
  const huge = u32(0xffff_ffff);

  test.each([
    ["LARGE_TUPLE_EXT", [105, ...huge, 106]],
    ["LIST_EXT", [108, ...huge, 106]],
    ["MAP_EXT", [116, ...huge, 106]],
    ["BINARY_EXT", [109, ...huge, 1]],
    ["BIT_BINARY_EXT", [77, ...huge, 1, 1]],
    ["LARGE_BIG_EXT", [111, ...huge, 0, 1]],
    ["STRING_EXT", [107, 255, 255, 1]],
    ["ATOM_UTF8_EXT", [118, 255, 255, 97]],
    ["NEW_FUN_EXT", [112, ...huge, 1, ...Array<number>(16).fill(0), ...u32(0), ...huge, 119, 1, 97]],
    ["FUN_EXT", [117, ...huge, 119, 1, 97]],
  ])("%s that declares more than there is, is malformed", (_, bytes) => {
    expect(errorOf(term(...bytes)).code).toBe("etf_malformed");
  });

  test("lists that each declare all that follows reserve no memory for it", () => {
    const bytes = new Uint8Array(4 << 20).fill(106);
    for (let i = 0; i < 1900; i++) bytes.set([108, ...u32(bytes.length - 10_000)], 1 + 5 * i);
    bytes[0] = 131;
    const before = process.memoryUsage().rss;
    expect(errorOf(bytes).code).toBe("etf_malformed");
    expect(process.memoryUsage().rss - before).toBeLessThan(300 << 20);
  });

  test("an integer larger than Erlang allows is refused", () => {
    const bytes = new Uint8Array(600_007).fill(255);
    bytes.set([131, 111, ...u32(600_000), 0]);
    expect(errorOf(bytes)).toMatchObject({ code: "term_limit", kind: "unsupported" });
    bytes.fill(0, 7 + 524_288);
    expect(decode(bytes)).not.toBeInstanceOf(EnitError);
  });

  test("a compressed term may inflate to what it declares, up to maxBytes", () => {
    const zeros = new Uint8Array(100_005);
    zeros.set([109, ...u32(100_000)]);
    expect(decode(compressed(zeros))).not.toBeInstanceOf(EnitError);
    expect(decode(compressed(zeros), { maxBytes: 100_005 })).not.toBeInstanceOf(EnitError);
    expect(errorOf(compressed(zeros), { maxBytes: 100_004 })).toMatchObject({ code: "term_limit" });
    expect(errorOf(compressed(zeros, 100_004))).toMatchObject({ code: "etf_malformed" });
    expect(errorOf(compressed(zeros, 100_006))).toMatchObject({ code: "etf_malformed" });
    expect(errorOf(compressed(zeros, 0))).toMatchObject({ code: "etf_malformed" });
    expect(errorOf(compressed(zeros).slice(0, -8))).toMatchObject({ code: "etf_malformed" });
    expect(errorOf(term(80, 0, 0, 0, 9, 1, 2, 3))).toMatchObject({ code: "etf_malformed" });
    expect(errorOf(term(80, 0, 0))).toMatchObject({ code: "etf_malformed" });
  });

  test("a zip bomb inflates no further than it declares, and declares no more than maxBytes", () => {
    const bomb = deflateSync(new Uint8Array(100 << 20));
    const before = process.memoryUsage().rss;
    expect(errorOf(Uint8Array.from([131, 80, ...u32(100 << 20), ...bomb])).code).toBe("term_limit");
    expect(errorOf(Uint8Array.from([131, 80, ...u32(1000), ...bomb])).code).toBe("etf_malformed");
    expect(process.memoryUsage().rss - before).toBeLessThan(50 << 20);
  });

  test("a compressed term inside another is malformed", () => {
    expect(errorOf(compressed(compressed(Uint8Array.of(97, 1)).slice(1))).code).toBe("etf_malformed");
  });
});

describe("maps", () => {
  test("maps as keys of maps as keys are compared in time", () => {
    let key = [97, 1];
    let other = [97, 2];
    for (let i = 0; i < 14; i++) {
      [key, other] = [
        [116, ...u32(2), ...key, 97, 1, ...other, 97, 1],
        [116, ...u32(2), ...key, 97, 1, ...other, 97, 2],
      ];
    }
    const bytes = Uint8Array.from([131, 116, ...u32(2), ...key, 97, 1, ...other, 97, 1]);
    expect(bytes.length).toBeGreaterThan(200_000);
    expect(decode(bytes)).not.toBeInstanceOf(EnitError);
  });

  test.each([
    ["atoms", [119, 1, 97]],
    ["integers", [98, 0, 0, 0, 5]],
    ["tuples", [104, 1, 97, 5]],
    ["maps", [116, 0, 0, 0, 1, 97, 1, 97, 1]],
    ["floats", [70, 63, 240, 0, 0, 0, 0, 0, 0]],
  ])("two equal %s are one key too many", (_, key) => {
    const other = [107, 0, 1, 9];
    const bytes = term(116, ...u32(3), ...key, 106, ...other, 106, ...key, 106);
    expect(errorOf(bytes)).toMatchObject({
      code: "etf_malformed",
      message: "cannot decode term: a map has a key twice at byte 1",
    });
  });
});

describe("decodeTerm()", () => {
  test("refuses bytes after the term", () => {
    expect(errorOf(term(97, 1, 0))).toMatchObject({ code: "etf_malformed", data: { offset: 3 } });
    expect(errorOf(Uint8Array.of(...compressed(Uint8Array.of(97, 1)), 0)).data).toEqual({ offset: 16 });
    expect(errorOf(compressed(Uint8Array.of(97, 1, 0))).data).toEqual({ offset: 2 });
  });

  test("refuses bytes without the version byte", () => {
    expect(errorOf(Uint8Array.of())).toMatchObject({ code: "etf_malformed", data: { offset: 0 } });
    expect(errorOf(Uint8Array.of(97, 1))).toMatchObject({ code: "etf_malformed", data: { offset: 0 } });
  });

  test("says clearly that it has no atom cache, and cannot read another node's local terms", () => {
    expect(errorOf(term(104, 1, 82, 0))).toMatchObject({ code: "etf_unsupported", data: { offset: 3 } });
    expect(errorOf(term(121, 0, 0, 0, 0))).toMatchObject({ code: "etf_unsupported", data: { offset: 1 } });
  });

  test("reads funs of the form before R15, and writes them again", () => {
    const bytes = term(
      117,
      ...u32(1),
      88,
      119,
      1,
      97,
      ...u32(1),
      ...u32(2),
      ...u32(3),
      119,
      1,
      109,
      97,
      4,
      98,
      ...u32(500),
      97,
      9,
    );
    const fun = decodeTerm(bytes);
    expect(fun).toMatchObject({
      kind: "fun",
      module: "m",
      index: 4,
      oldUniq: 500,
      free: [{ kind: "integer", value: 9n }],
    });
    expect(encodeTerm(fun)).toEqual(bytes);
  });

  test("keeps nothing of the bytes that it was given", () => {
    const bytes = term(104, 2, 109, 0, 0, 0, 3, 1, 2, 3, 77, 0, 0, 0, 1, 4, 0xf0);
    const before = decodeTerm(bytes);
    const copy = decodeTerm(bytes.slice());
    bytes.fill(0);
    expect(equalTerms(before, copy)).toBe(true);
  });
});

describe("decodeTermAt()", () => {
  test("reads one term among other bytes and says where it ends", () => {
    const packed = compressed(Uint8Array.of(97, 7));
    const bytes = Uint8Array.of(0, 0, ...term(104, 1, 97, 1), ...packed, 9, 9);
    const first = decodeTermAt(bytes, 2);
    expect([printTerm(first.term), first.next]).toEqual(["{1}", 7]);
    const second = decodeTermAt(bytes, first.next);
    expect([printTerm(second.term), second.next]).toEqual(["7", 7 + packed.length]);
    expect(() => decodeTermAt(bytes, second.next)).toThrow("the version byte 131 is missing at byte 23");
  });
});
