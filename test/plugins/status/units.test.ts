import { expect, test } from "bun:test";
import { formatBytes, formatUptime } from "../../../plugins/status/units.ts";

test("formatBytes() writes whole units of the largest kind that is filled", () => {
  expect([0, 1023, 1024, 80_999, 17 * 1024 ** 2 + 5, 3 * 1024 ** 4].map(formatBytes)).toEqual([
    "0 B",
    "1023 B",
    "1 KiB",
    "79 KiB",
    "17 MiB",
    "3 TiB",
  ]);
});

test("formatUptime() writes the two largest units and leaves out what is zero", () => {
  expect([0.4, 22, 60, 185, 3780, 90_000, 180_000].map(formatUptime)).toEqual([
    "0sec",
    "22sec",
    "1min",
    "3min 5sec",
    "1h 3min",
    "1d 1h",
    "2d 2h",
  ]);
});
