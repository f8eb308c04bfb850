import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type LintLab, lintLab } from "./support.ts";

let lab: LintLab;
beforeAll(async () => {
  lab = await lintLab();
});
afterAll(() => lab[Symbol.asyncDispose]());

const ONE = "-export([f/0]). f() -> 1.";
const TWO = "-export([f/0]). f() -> 2.";
const LOAD = "[{load_module, m}]";

test("an upgrade that brings in all that changed is not warned of", async () => {
  expect(await lab.codes({ old: { m: ONE, n: ONE }, new: { m: TWO, n: ONE }, up: LOAD })).toEqual([]);
});

describe("module-not-loaded", () => {
  test("a changed module that the appup leaves out, on the way where it does", async () => {
    const change = {
      old: { m: ONE, n: ONE },
      new: { m: TWO, n: TWO },
      up: LOAD,
      down: "[{load_module, m}, {load_module, n}]",
    };
    expect(await lab.codes(change)).toEqual(["module-not-loaded n"]);
    expect((await lab.lint(change)).map(({ directions, from }) => ({ directions, from }))).toEqual([
      { directions: ["up"], from: ["1"] },
    ]);
  });

  test("a new module; on the way back one that is gone", async () => {
    const change = { old: { m: ONE }, new: { m: TWO, n: ONE }, up: LOAD };
    expect(await lab.codes(change)).toEqual(["module-not-loaded n", "module-not-removed n"]);
  });

  test("not one whose attributes alone differ", async () => {
    const change = { old: { m: ONE, n: ONE }, new: { m: TWO, n: `-author(me). ${ONE}` }, up: LOAD };
    expect(await lab.codes(change)).toEqual([]);
  });

  test("not where the application or the emulator is started anew", async () => {
    const change = { old: { m: ONE, n: ONE }, new: { m: TWO, n: TWO } };
    expect(await lab.codes({ ...change, up: "[{restart_application, a}]" })).toEqual(["application-restarted a"]);
    expect(await lab.codes({ ...change, up: "[restart_emulator]" })).toEqual(["emulator-restarted -"]);
  });
});

test("version-not-raised: code that differs in the same version, and not the same code in another place", async () => {
  expect(await lab.codes({ old: { m: ONE, n: ONE }, new: { m: TWO, n: ONE }, version: "1", appup: "" })).toEqual([
    "version-not-raised a",
  ]);
  expect(await lab.codes({ old: { m: ONE }, new: { m: ONE }, version: "1", appup: "" })).toEqual([]);
});

test("module-not-in-app: a changed module that the .app file does not list, and not an unchanged one", async () => {
  const change = {
    old: { m: ONE, n: ONE },
    new: { m: TWO, n: TWO },
    up: LOAD,
    down: "[{load_module, m}, {load_module, n}]",
  };
  expect(await lab.codes({ ...change, listed: ["m"] })).toEqual(["module-not-in-app n"]);
  expect(await lab.codes({ ...change, new: { m: TWO, n: ONE }, down: LOAD, listed: ["m"] })).toEqual([]);
});

test("appup-missing: no appup, and not one without anything to do", async () => {
  expect(await lab.codes({ old: { m: ONE }, new: { m: TWO }, appup: "" })).toEqual(["appup-missing a"]);
  expect(await lab.codes({ old: { m: ONE }, new: { m: ONE } })).toEqual([]);
});

test("appup-version-differs: another version at the top", async () => {
  const appup = (version: string) => `{"${version}", [{"1", ${LOAD}}], [{"1", ${LOAD}}]}.`;
  expect(await lab.codes({ old: { m: ONE }, new: { m: TWO }, appup: appup("3") })).toEqual(["appup-version-differs a"]);
  expect(await lab.codes({ old: { m: ONE }, new: { m: TWO }, appup: appup("2") })).toEqual([]);
});

test("appup-pattern-partial: a pattern that matches a part of the version, and not one that another entry makes up for", async () => {
  const change = { old: { m: ONE }, new: { m: TWO } };
  const appup = (entries: string) => `{"2", [${entries}], [${entries}]}.`;
  const part = `{<<"[0-9]?">>, ${LOAD}}`;
  expect(await lab.codes({ ...change, appup: appup(`{<<"(?:1|2)(?=.)|(?=1)">>, ${LOAD}}`) })).toEqual([
    "appup-pattern-partial a",
    "appup-pattern-partial a",
  ]);
  expect(await lab.codes({ ...change, appup: appup(part) })).toEqual([]);
  expect(await lab.codes({ ...change, appup: appup(`{<<"(?=1)">>, []}, {"1", ${LOAD}}`) })).toEqual([]);
});

test("no-way-down: a way up alone, and not one each way", async () => {
  expect(await lab.codes({ old: { m: ONE }, new: { m: TWO }, appup: `{"2", [{"1", ${LOAD}}], []}.` })).toEqual([
    "no-way-down a",
  ]);
});

describe("appup-stale", () => {
  test("it removes what the version has, and not what it has no more", async () => {
    const change = { old: { m: ONE, n: ONE }, new: { m: TWO, n: ONE }, down: LOAD };
    expect(await lab.codes({ ...change, up: "[{load_module, m}, {delete_module, n}]" })).toEqual(["appup-stale n"]);
    const gone = { old: { m: ONE, n: ONE }, new: { m: TWO }, down: "[{load_module, m}, {add_module, n}]" };
    expect(await lab.codes({ ...gone, up: "[{load_module, m}, {delete_module, n}]" })).toEqual([]);
  });

  test("it is about nothing that changed, and not if it is about more than that", async () => {
    const change = { old: { m: ONE, n: ONE }, new: { m: TWO, n: ONE } };
    expect(await lab.codes({ ...change, up: "[{load_module, n}]" })).toEqual(["appup-stale a", "module-not-loaded m"]);
    expect(await lab.codes({ ...change, up: "[{load_module, n}, {load_module, m}]" })).toEqual([]);
  });
});

test("module-stripped: a module that has no attributes, and not one without debug information", async () => {
  const change = { old: { m: ONE }, new: { m: TWO }, up: LOAD };
  expect(await lab.codes({ ...change, bare: true })).toEqual(["module-stripped m"]);
  expect(await lab.codes({ ...change, stripped: true })).toEqual([]);
});
