import { expect, test } from "bun:test";
import { formatBytes } from "../../../plugins/status/units.ts";

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
