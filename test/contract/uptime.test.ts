import { expect, test } from "bun:test";
import { formatUptime } from "../../src/contract/index.ts";

test("formatUptime() writes the two largest units and leaves out what is zero", () => {
  expect([0, 0.4, 22, 60, 185, 3600, 3780, 90_000, 180_000].map(formatUptime)).toEqual([
    "0sec",
    "0sec",
    "22sec",
    "1min",
    "3min 5sec",
    "1h",
    "1h 3min",
    "1d 1h",
    "2d 2h",
  ]);
});
