import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { ReleaseFacts, UpgradeFacts } from "../../../src/knit/lint/facts.ts";
import { findOtp } from "../../../src/otp/index.ts";
import { systemOtp } from "../../support/otp.ts";
import { type LintCase, type LintLab, lintLab } from "./support.ts";

let lab: LintLab;
beforeAll(async () => {
  lab = await lintLab();
});
afterAll(() => lab[Symbol.asyncDispose]());

const ONE = "-export([f/0]). f() -> 1.";
const TWO = "-export([f/0]). f() -> 2.";
const CHANGE: LintCase = { old: { m: ONE }, new: { m: TWO }, up: "[{load_module, m}]" };

describe("configuration", () => {
  const codes = (text: string) =>
    lab.codes({ ...CHANGE, to: { sysConfig: { file: "sys.config", content: Buffer.from(text) } } });

  test("sys-config-unreadable: what release_handler takes for empty", async () => {
    for (const text of [
      "[{a, [{key, 1}]}",
      "",
      "{a, 1}.",
      "[{a, [{key, 1}]}]. [].",
      "[{a, key}].",
      "[{a, [{k, ${PORT}}]}].",
    ]) {
      expect(await codes(text)).toEqual(["sys-config-unreadable -"]);
    }
  });

  test("not what it can read", async () => {
    for (const text of ["[].", '%% -*- coding: utf-8 -*-\n[{a, [{key, "ä"}]}, {b, []}, "more.config"].']) {
      expect(await codes(text)).toEqual([]);
    }
  });
});

describe("bookkeeping", () => {
  test("releases-file-missing: of the older release, and not one that is there", async () => {
    expect(await lab.codes({ ...CHANGE, from: { hasReleasesFile: false } })).toEqual(["releases-file-missing -"]);
    expect(await lab.codes({ ...CHANGE, from: { hasReleasesFile: true }, to: { hasReleasesFile: false } })).toEqual([]);
  });

  test("application-archived: an application that changes, and not another", async () => {
    expect(await lab.codes({ ...CHANGE, from: { archives: ["a", "stdlib"] } })).toEqual(["application-archived a"]);
    expect(await lab.codes({ ...CHANGE, from: { archives: ["stdlib"] } })).toEqual([]);
  });

  test("sasl-not-started: sasl that is only loaded, and not a transient one", async () => {
    expect(await lab.codes({ ...CHANGE, sasl: "load" })).toEqual(["sasl-not-started sasl"]);
    expect(await lab.codes({ ...CHANGE, sasl: "transient" })).toEqual([]);
  });

  test("static-emulator: with another emulator, and not with the same", async () => {
    const sysConfig = { file: "sys.config", content: Buffer.from("[{sasl, [{static_emulator, true}]}].") };
    const change = { ...CHANGE, from: { sysConfig } };
    expect(
      await lab.codes({ ...change, up: "[restart_new_emulator, {load_module, m}]", down: CHANGE.up ?? "" }),
    ).toEqual(["static-emulator sasl", "emulator-restarted -"]);
    expect(await lab.codes(change)).toEqual([]);
  });
});

describe("host", () => {
  const nif = (n: number) =>
    `-export([f/0]). -on_load(init/0). init() -> erlang:load_nif("a", 0). f() -> erlang:nif_error(${n}).`;

  test("nif-module-loaded: native functions that are loaded anew, and not with their application", async () => {
    const change = { old: { m: nif(1) }, new: { m: nif(2) } };
    expect(await lab.codes({ ...change, up: "[{load_module, m}]" })).toEqual(["nif-module-loaded m"]);
    expect(await lab.codes({ ...change, up: "[{restart_application, a}]" })).toEqual(["application-restarted a"]);
    // The first version of it has none to take over.
    expect(await lab.codes({ old: { m: ONE }, new: { m: nif(2) }, up: "[{load_module, m}]" })).toEqual([]);
  });

  test("native-code-changed: a library whose module stays, and not one whose module is loaded", async () => {
    const library = (digest: string): Partial<ReleaseFacts> => ({
      nativeCode: new Map([["a", new Map([["priv/a.so", digest]])]]),
    });
    const change = { from: library("1"), to: library("2"), up: "[{load_module, m}]" };
    expect(await lab.codes({ ...change, old: { m: ONE, n: nif(1) }, new: { m: TWO, n: nif(1) } })).toEqual([
      "native-code-changed a",
    ]);
    expect(await lab.codes({ ...change, old: { m: nif(1) }, new: { m: nif(2) } })).toEqual(["nif-module-loaded m"]);
    expect(await lab.codes({ ...change, to: library("1"), old: { m: ONE }, new: { m: TWO } })).toEqual([]);
  });

  test("driver-module-loaded: a module that loads a driver, and not one that looks for it", async () => {
    const driver = (call: string, n: number) => `-export([f/0]). f() -> ${call}, ${n}.`;
    const change = (call: string) => ({
      old: { m: driver(call, 1) },
      new: { m: driver(call, 2) },
      up: "[{load_module, m}]",
    });
    expect(await lab.codes(change('erl_ddll:load_driver("priv", a)'))).toEqual(["driver-module-loaded m"]);
    expect(await lab.codes(change("erl_ddll:loaded_drivers()"))).toEqual([]);
  });

  test("emulator-restarted, heart-missing: with heart in vm.args, and without", async () => {
    const change = { ...CHANGE, up: "[restart_emulator]", down: CHANGE.up ?? "" };
    const codes = (vmArgs: string) => lab.codes({ ...change, from: { vmArgs } });
    expect(await codes("-name a@b\n# -heart\n")).toEqual(["emulator-restarted -", "heart-missing -"]);
    expect(await codes("-name a@b\n-heart\n")).toEqual(["emulator-restarted -"]);
  });

  test("core-without-restart: another stdlib in the same emulator, and not with a new one", async () => {
    const withOldStdlib = (facts: UpgradeFacts): UpgradeFacts => ({
      ...facts,
      applications: facts.applications.map((pair) =>
        pair.name === "stdlib" && pair.from
          ? { ...pair, from: { ...pair.from, version: "0.9" }, up: [], down: [] }
          : pair,
      ),
    });
    const core = { ...CHANGE, change: withOldStdlib };
    expect(await lab.codes(core)).toEqual(["core-without-restart stdlib"]);
    expect(await lab.codes({ ...core, up: "[restart_new_emulator, {load_module, m}]" })).toEqual([
      "emulator-restarted -",
    ]);
  });

  test("machine-differs: another machine, and not the same one", async () => {
    const machine = (name: string): Partial<ReleaseFacts> => ({ machine: `${name} ELF 64-bit` });
    expect(await lab.codes({ ...CHANGE, from: machine("x86_64"), to: machine("aarch64") })).toEqual([
      "machine-differs -",
    ]);
    expect(await lab.codes({ ...CHANGE, from: machine("x86_64"), to: machine("x86_64") })).toEqual([]);
  });

  test("code-too-new: instructions that the emulator which goes on does not know", async () => {
    const { release } = findOtp({ root: systemOtp().root });
    const on = (maxOpcode: number | undefined) => ({
      ...CHANGE,
      change: (facts: UpgradeFacts): UpgradeFacts => ({ ...facts, emulator: { release, maxOpcode } }),
    });
    expect(await lab.codes(on(100))).toEqual(["code-too-new m"]);
    expect(await lab.codes(on(undefined))).toEqual([]);
  });
});

test("apply-one-way: a call that nothing on the way back undoes, and not one that has its counterpart", async () => {
  const old = { m: "-export([f/0, migrate/1]). f() -> 1. migrate(_) -> ok." };
  const fresh = { m: "-export([f/0, migrate/1]). f() -> 2. migrate(_) -> ok." };
  const change = { old, new: fresh, up: "[{load_module, m}, {apply, {m, migrate, [up]}}]" };
  expect(await lab.codes({ ...change, down: "[{load_module, m}]" })).toEqual(["apply-one-way m"]);
  expect(await lab.codes({ ...change, down: "[{apply, {m, migrate, [down]}}, {load_module, m}]" })).toEqual([]);
  const harmless = { ...CHANGE, up: '[{load_module, m}, {apply, {io, format, ["done"]}}]', down: "[{load_module, m}]" };
  expect(await lab.codes(harmless)).toEqual([]);
});
