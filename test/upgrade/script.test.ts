import { describe, expect, test } from "bun:test";
import { listElements, parseTerm } from "../../src/term/index.ts";
import { effectsOf } from "../../src/upgrade/script.ts";

describe("effectsOf()", () => {
  test.each([
    ["[{load, {a, brutal_purge, soft_purge}}, {remove, {b, soft_purge, brutal_purge}}]", ["a"], ["b"]],
    // What restart_application becomes in a relup.
    [
      `[{apply, {application, stop, [x]}}, {remove, {a, brutal_purge, brutal_purge}}, {remove, {b, brutal_purge, brutal_purge}},
        {purge, [a, b]}, {load, {a, brutal_purge, brutal_purge}}, {apply, {application, start, [x, permanent]}}]`,
      ["a"],
      ["b"],
    ],
    ["[{load, {a, brutal_purge, brutal_purge}}, {remove, {a, brutal_purge, brutal_purge}}]", [], ["a"]],
    ["[{load, {a, b}}, {load, a}, point_of_no_return]", [], []],
  ])("tells of %s which modules are loaded and removed in the end", (instructions, loaded, removed) => {
    const effects = effectsOf(listElements(parseTerm(instructions)) ?? []);
    expect(effects.loaded.map(({ module }) => module)).toEqual(loaded);
    expect(effects.removed.map(({ module }) => module)).toEqual(removed);
  });
});
