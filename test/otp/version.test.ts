import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { compareVersions } from "../../src/otp/index.ts";
import { compareTerms, integer, list } from "../../src/term/index.ts";

const numbers = fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 4 });

describe("compareVersions()", () => {
  test("orders versions of numbers as the code server does: as Erlang orders lists of these numbers", () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const expected = compareTerms(list(a.map(integer)), list(b.map(integer)));
        expect(Math.sign(compareVersions(a.join("."), b.join(".")))).toBe(Math.sign(expected));
      }),
    );
  });

  test("puts versions with a suffix beside the one without", () => {
    const ordered = [
      "",
      "x",
      "0.9",
      "1.0-beta",
      "1.0-rc1",
      "1.0-rc2",
      "1.0-rc10",
      "1.0",
      "1.0+b1",
      "1.0+b2",
      "1.0.0",
      "1.10",
    ];
    expect(ordered.toReversed().sort(compareVersions)).toEqual(["x", "", ...ordered.slice(2)]);
  });
});
