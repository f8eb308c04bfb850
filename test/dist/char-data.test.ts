import { expect, test } from "bun:test";
import fc from "fast-check";
import { charDataText } from "../../src/dist/char-data.ts";
import { atom, binary, encodeTerm, integer, list, type Term } from "../../src/term/index.ts";
import { oracle, systemOtp } from "../support/otp.ts";

/** Character data, whole and broken: characters that are spread over binaries, surrogates, other terms, improper tails. */
const charData: fc.Arbitrary<Term> = fc.letrec<{ data: Term; leaf: Term }>((tie) => ({
  leaf: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 0x2ff }).map(integer) },
    { weight: 2, arbitrary: fc.constantFrom(-1, 0xd800, 0xffff, 0x10ffff, 0x110000).map(integer) },
    { weight: 6, arbitrary: fc.string({ unit: "binary" }).map((text) => binary(text.toWellFormed())) },
    {
      weight: 2,
      arbitrary: fc
        .constantFrom([0xce], [0xbb], [0xf0, 0x9d], [0x84, 0x9e], [0xff], [])
        .map((bytes) => binary(Uint8Array.from(bytes))),
    },
    { weight: 1, arbitrary: fc.constant(atom("x")) },
  ),
  data: fc.oneof(
    { depthSize: "medium" },
    tie("leaf"),
    fc
      .tuple(fc.array(tie("data"), { minLength: 1, maxLength: 5 }), fc.option(tie("leaf"), { nil: undefined, freq: 8 }))
      .map(([elements, tail]) => list(elements, tail)),
  ),
})).data;

test("charDataText() reads what unicode:characters_to_binary/2 reads, and no more", async () => {
  await using erl = await oracle(systemOtp());
  const samples = fc.sample(charData, { numRuns: 1500, seed: 25 });
  const expressions = (encoding: string): string =>
    `[try unicode:characters_to_binary(D, ${encoding}) of B when is_binary(B) -> <<"+", B/binary>>; _ -> <<"-">> catch _:_ -> <<"-">> end || D <- Input]`;
  let readable = 0;
  for (const [encoding, name] of [
    ["utf8", "utf8"],
    ["latin1", "latin1"],
  ] as const) {
    const answers = await erl.bytes(
      `list_to_binary([[integer_to_binary(byte_size(B)), $:, B] || B <- ${expressions(name)}])`,
      encodeTerm(list(samples)),
    );
    const ours = samples.map((sample) => {
      const text = charDataText(sample, encoding);
      readable += text === undefined ? 0 : 1;
      return text === undefined ? Buffer.from("-") : Buffer.from(`+${text}`);
    });
    const expected = Buffer.from(answers);
    let at = 0;
    for (const [index, bytes] of ours.entries()) {
      const colon = expected.indexOf(":", at);
      const end = colon + 1 + Number(expected.toString("latin1", at, colon));
      expect({ index, bytes: bytes.toString("latin1") }).toEqual({
        index,
        bytes: expected.toString("latin1", colon + 1, end),
      });
      at = end;
    }
  }
  expect(readable).toBeGreaterThan(500);
  expect(readable).toBeLessThan(2500);
});

test("charDataText() reads lists of any depth", () => {
  let data: Term = integer(0x41);
  for (let depth = 0; depth < 100_000; depth++) data = list([data]);
  expect(charDataText(data, "utf8")).toBe("A");
});
