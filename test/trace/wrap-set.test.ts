import { describe, expect, test } from "bun:test";
import { findWrapSets, missingNumbers, orderNewFiles, orderWrapSet } from "../../src/trace/wrap-set.ts";

const files = (...numbers: number[]) => numbers.map((number) => ({ name: `t${number}`, number }));
const order = (...numbers: number[]) => orderWrapSet(files(...numbers), "t").map(({ number }) => number);

describe("findWrapSets()", () => {
  const names = [
    "t10.trace",
    "t0.trace",
    "t2.trace",
    "t.trace",
    "tx.trace",
    "t01.trace",
    "x0.trace",
    "t0.trace.gz",
    "t3",
  ];

  test("finds the files with a number between name and suffix, by number", () => {
    const found = findWrapSets(names, "t", ".trace").get(".trace") ?? [];
    expect(found.map(({ name }) => name)).toEqual(["t0.trace", "t2.trace", "t10.trace"]);
    expect(findWrapSets(names, "t", "").get("")).toEqual([{ name: "t3", number: 3 }]);
    expect(findWrapSets(names, "t", ".log").size).toBe(0);
  });

  test("finds the sets of all suffixes where none is given", () => {
    expect([...findWrapSets(names, "t").keys()].sort()).toEqual(["", ".trace", ".trace.gz"]);
  });

  test("takes digits of the suffix for such", () => {
    expect(findWrapSets(["t1.5", "t12.5"], "t", "2.5").get("2.5")).toEqual([{ name: "t12.5", number: 1 }]);
  });
});

describe("orderWrapSet()", () => {
  test("begins behind the gap", () => {
    expect(order()).toEqual([]);
    expect(order(0)).toEqual([0]);
    expect(order(0, 1, 2)).toEqual([0, 1, 2]);
    expect(order(1, 2, 3)).toEqual([1, 2, 3]);
    expect(order(0, 2, 3)).toEqual([2, 3, 0]);
    expect(order(0, 1, 3)).toEqual([3, 0, 1]);
  });

  test("takes the moment in which the tracer has removed a file and not begun the next", () => {
    expect(order(0, 3, 4)).toEqual([3, 4, 0]);
    expect(order(2, 3)).toEqual([2, 3]);
  });

  test("refuses numbers that do not tell the oldest file", () => {
    for (const numbers of [
      [0, 2, 4],
      [0, 4],
      [3, 4],
      [1, 3],
    ]) {
      expect(() => order(...numbers)).toThrow(`its files have the numbers ${numbers.join(", ")}`);
    }
  });
});

test("orderNewFiles() takes higher numbers first, then those from 0 on", () => {
  const numbers = (last: number, ...found: number[]) =>
    orderNewFiles(files(...found), last).map(({ number }) => number);
  expect(numbers(2, 0, 1, 3, 4)).toEqual([3, 4, 0, 1]);
  expect(numbers(4, 0, 1)).toEqual([0, 1]);
  expect(numbers(2, 2)).toEqual([2]);
});

test("missingNumbers() tells what was skipped, as far as that is known", () => {
  const missing = (last: number, ...found: number[]) => missingNumbers(files(...found), last);
  expect(missing(2, 3, 4, 0, 1)).toEqual([]);
  expect(missing(0, 0)).toEqual([]);
  expect(missing(2, 5, 6, 1)).toEqual([
    { from: 3, to: 4 },
    { from: 0, to: 0 },
  ]);
});
