import { expect, test } from "bun:test";
import fc from "fast-check";
import { matchReleaseName } from "../../src/release/match.ts";

const NAMES = ["billing", "relay", "relex", "relex-test", "web"];

test("matchReleaseName() prefers the very name", () => {
  expect(matchReleaseName("relex", NAMES)).toBe("relex");
});

test("matchReleaseName() takes the beginning of a name before a part of another", () => {
  expect(matchReleaseName("w", ["new", "web"])).toBe("web");
  expect(matchReleaseName("rela", NAMES)).toBe("relay");
  expect(matchReleaseName("test", NAMES)).toBe("relex-test");
});

test("matchReleaseName() takes patterns for whole names", () => {
  expect(matchReleaseName("*-test", NAMES)).toBe("relex-test");
  expect(matchReleaseName("rel?y", NAMES)).toBe("relay");
  expect(matchReleaseName("[vw]eb", NAMES)).toBe("web");
  expect(matchReleaseName("bill?", NAMES)).toBeUndefined();
});

test("matchReleaseName() refuses what fits several, and lists them", () => {
  const matching = (text: string): unknown => matchReleaseName(text, NAMES);
  expect(() => matching("rel")).toThrow(
    expect.objectContaining({
      code: "ambiguous_match",
      kind: "input",
      message: 'cannot tell which release "rel" means: relay, relex, relex-test match',
      data: { text: "rel", candidates: ["relay", "relex", "relex-test"] },
    }),
  );
  expect(() => matching("relex*")).toThrow("relex, relex-test match");
});

test("matchReleaseName() finds nothing where nothing fits", () => {
  expect(matchReleaseName("nothing", NAMES)).toBeUndefined();
  expect(matchReleaseName("x", [])).toBeUndefined();
});

test("matchReleaseName() gives one of the names, for any text", () => {
  fc.assert(
    fc.property(fc.string(), fc.uniqueArray(fc.string({ minLength: 1 })), (text, names) => {
      try {
        const found = matchReleaseName(text, names);
        if (found !== undefined) expect(names).toContain(found);
        if (names.includes(text)) expect(found).toBe(text);
      } catch (error) {
        expect(error).toMatchObject({ code: "ambiguous_match" });
      }
    }),
  );
});
