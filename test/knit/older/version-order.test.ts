import { describe, expect, test } from "bun:test";
import { versionOrder } from "../../../src/knit/older/index.ts";

describe("versionOrder()", () => {
  test("sorts as semver.org does, whatever the number of numbers", () => {
    const sorted = [
      "1.0.0-alpha",
      "1.0.0-alpha.1",
      "1.0.0-alpha.beta",
      "1.0.0-beta",
      "1.0.0-beta.2",
      "1.0.0-beta.11",
      "1.0.0-rc.1",
      "1.0.0",
      "1.0.1",
      "v1.2",
      "1.2.0.1",
      "1.9",
      "1.10.0",
      "2",
      "v10.0.0-rc-1",
      "10.0.0",
      "20260101000000000000000001",
      "20260101000000000000000002",
    ];
    const { compare, isNewer } = versionOrder(true);
    expect(sorted.toReversed().sort(compare)).toEqual(sorted);
    for (const [i, version] of sorted.entries()) {
      expect(sorted.filter((other) => isNewer(other, version))).toEqual(sorted.slice(i + 1));
    }
  });

  test("gives what stands behind a plus no weight, and zeros at the end neither", () => {
    const { isNewer } = versionOrder(true);
    for (const [a, b] of [
      ["1.0.0+1", "1.0.0+2"],
      ["1.0", "1.0.0"],
      ["v1", "1"],
    ] as const) {
      expect([isNewer(a, b), isNewer(b, a)]).toEqual([false, false]);
    }
  });

  test("falls back for what is no such version: none is newer, and sorting is by text, before all others", () => {
    const { compare, isNewer } = versionOrder(true);
    const odd = ["3f2a91c", "1..2", "latest", "", "1.0.0-", "1.0.0-a..b"];
    for (const version of odd) {
      expect([isNewer(version, "0.1"), isNewer("9.9", version)]).toEqual([false, false]);
    }
    expect(["2.0", "latest", "1.0", "3f2a91c"].sort(compare)).toEqual(["3f2a91c", "latest", "1.0", "2.0"]);
  });

  test("is the order of the characters without semantic versions", () => {
    const { compare, isNewer } = versionOrder(false);
    expect(["1.9", "1.10", "v1"].sort(compare)).toEqual(["1.10", "1.9", "v1"]);
    expect([isNewer("1.9", "1.10"), isNewer("1.10", "1.9")]).toEqual([true, false]);
  });
});
