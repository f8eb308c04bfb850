import { expect, test } from "bun:test";
import fc from "fast-check";
import { nearestName } from "../../src/error/index.ts";

const KNOWN = ["cookie", "nodename", "run_as_user", "run_as_group", "smp"];

test("nearestName() finds a name with a letter missing, doubled, wrong or swapped", () => {
  for (const typo of ["cokie", "cookkie", "cookle", "cookei", "COOKIE"])
    expect(nearestName(typo, KNOWN)).toBe("cookie");
  expect(nearestName("run_as_usr", KNOWN)).toBe("run_as_user");
  expect(nearestName("run_as_goup", KNOWN)).toBe("run_as_group");
});

test("nearestName() finds nothing where too much differs", () => {
  expect(nearestName("frozzle", KNOWN)).toBeUndefined();
  expect(nearestName("s", KNOWN)).toBeUndefined();
  expect(nearestName("anything", [])).toBeUndefined();
});

test("nearestName() of equally near names takes the first", () => {
  expect(nearestName("cat", ["car", "bat"])).toBe("car");
});

test("nearestName() finds a known name itself", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "grapheme" }), { minLength: 1 }), fc.nat(), (names, pick) => {
      const name = names[pick % names.length] ?? "";
      expect(nearestName(name, names)?.toLowerCase()).toBe(name.toLowerCase());
    }),
  );
});
