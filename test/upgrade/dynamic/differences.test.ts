import { expect, test } from "bun:test";
import { nextVersion } from "../../../src/upgrade/dynamic/differences.ts";

test("nextVersion() is that of the definition, or the first generation of it that is not known", () => {
  expect(nextVersion("1.1", new Set(["1.0", "1.0+2"]))).toBe("1.1");
  expect(nextVersion("1.0", new Set(["1.0"]))).toBe("1.0+2");
  expect(nextVersion("1.0", new Set(["1.0", "1.0+2", "1.0+4"]))).toBe("1.0+3");
});
