import { describe, expect, test } from "bun:test";
import { effectsOf } from "../../../src/knit/upgrade/effects.ts";
import { listElements, parseTerm } from "../../../src/term/index.ts";

describe("effectsOf()", () => {
  test.each([
    ["[{load_module, a}, {add_module, b}, {delete_module, c}, {apply, {m, f, []}}, point_of_no_return]", {}],
    ["[{update, a}, {update, b, supervisor}, {update, c, {advanced, []}, [a]}]", { suspended: ["a", "b", "c"] }],
    ["[{suspend, [a, {b, 5000}]}, {resume, [b, a]}]", { suspended: ["a", "b"] }],
    ["[{stop, [a]}, {load, {a, brutal_purge, brutal_purge}}, {start, [a]}]", { restarted: ["a"] }],
    ["[{restart_application, x}, {add_application, y}, {remove_application, z}]", { applications: ["x", "+y", "-z"] }],
    ["[restart_emulator]", { emulator: true }],
    ["[restart_new_emulator]", { emulator: true }],
    ["[[{update, a}, restart_emulator], {update, a}]", { suspended: ["a"], emulator: true }],
    ['[nonsense, {update}, {1, 2}, "text"]', {}],
  ])("of %s", (instructions, effects) => {
    const nothing = { suspended: [], restarted: [], applications: [], emulator: false };
    expect(effectsOf(listElements(parseTerm(instructions)) ?? [])).toEqual({ ...nothing, ...effects });
  });
});
