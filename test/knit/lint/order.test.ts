import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type LintLab, lintLab } from "./support.ts";

let lab: LintLab;
beforeAll(async () => {
  lab = await lintLab();
});
afterAll(() => lab[Symbol.asyncDispose]());

const ONE = "-export([f/0]). f() -> 1.";
const TWO = "-export([f/0]). f() -> 2.";

test("relup-refused: what systools refuses, with its reason, and not what it takes", async () => {
  const change = { old: { m: ONE }, new: { m: TWO } };
  const [warning, ...others] = await lab.lint({
    ...change,
    up: "[{load_module, m, [absent]}]",
    down: "[{load_module, m}]",
  });
  expect(others).toEqual([]);
  expect(warning?.code).toBe("relup-refused");
  expect(warning?.message).toContain('it depends on "absent", which no instruction is for');
  expect(await lab.codes({ ...change, up: "[{load_module, m}]" })).toEqual([]);
});

test("group-suspended: modules whose processes wait for each other, and not a module alone", async () => {
  const source = (n: number) => `-behaviour(gen_server). -export([init/1, handle_call/3, handle_cast/2]).
    init(_) -> {ok, ${n}}. handle_call(_, _, S) -> {reply, S, S}. handle_cast(_, S) -> {noreply, S}.`;
  const change = { old: { m: source(1), n: source(1) }, new: { m: source(2), n: source(2) } };
  expect(await lab.codes({ ...change, up: "[{update, m, soft, [n]}, {update, n, soft}]" })).toEqual([
    "group-suspended m",
  ]);
  expect(await lab.codes({ ...change, up: "[{update, m, soft}, {update, n, soft}]" })).toEqual([]);
});

describe("callee-loaded-late", () => {
  const old = { m: "-export([f/0]). f() -> ok.", n: ONE };
  const fresh = { m: "-export([f/0]). f() -> n:g().", n: "-export([f/0, g/0]). f() -> 1. g() -> 2." };

  test("a caller that is loaded before the function that it calls", async () => {
    const codes = await lab.codes({
      old,
      new: fresh,
      up: "[{load_module, m}, {load_module, n}]",
      down: "[{load_module, m}, {load_module, n}]",
    });
    expect(codes).toEqual(["callee-loaded-late m"]);
  });

  test("not one that is loaded after it; on the way back it goes first", async () => {
    const codes = await lab.codes({
      old,
      new: fresh,
      up: "[{load_module, n}, {load_module, m}]",
      down: "[{load_module, m}, {load_module, n}]",
    });
    expect(codes).toEqual([]);
    const back = await lab.lint({ old, new: fresh, up: "[{load_module, n}, {load_module, m}]" });
    expect(back.map(({ code, directions }) => ({ code, directions }))).toEqual([
      { code: "callee-loaded-early", directions: ["down"] },
    ]);
  });

  test("not a new module that nothing uses before all is there, and one that something does", async () => {
    const change = { old, new: { m: "-export([f/0]). f() -> fresh:f().", fresh: fresh.m, n: fresh.n } };
    const loads = (...modules: string[]) => `[${modules.map((module) => `{load_module, ${module}}`).join(", ")}]`;
    const down = "[{load_module, m}, {load_module, n}, {delete_module, fresh}]";
    expect(await lab.codes({ ...change, up: loads("fresh", "n", "m"), down })).toEqual([]);
    expect(await lab.codes({ ...change, up: loads("fresh", "m", "n"), down })).toEqual(["callee-loaded-late fresh"]);
  });

  test("not one whose processes are suspended meanwhile", async () => {
    const up = "[{update, m, soft, []}, {update, n, soft, [m]}]";
    const codes = await lab.codes({ old, new: fresh, up });
    expect(codes).toEqual(["group-suspended n"]);
  });
});

describe("callee-loaded-early", () => {
  const old = { m: "-export([f/0]). f() -> n:g().", n: "-export([f/0, g/0]). f() -> 1. g() -> 2." };
  const fresh = { m: "-export([f/0]). f() -> ok.", n: ONE };

  test("a function that goes before its old caller", async () => {
    const codes = await lab.codes({
      old,
      new: fresh,
      up: "[{load_module, n}, {load_module, m}]",
      down: "[{load_module, n}, {load_module, m}]",
    });
    expect(codes).toEqual(["callee-loaded-early m"]);
  });

  test("not one that stays", async () => {
    const stays = { m: fresh.m, n: "-export([f/0, g/0]). f() -> 1. g() -> 3." };
    expect(await lab.codes({ old, new: stays, up: "[{load_module, n}, {load_module, m}]" })).toEqual([]);
  });
});

describe("removed-export-called", () => {
  const old = { m: "-export([f/0, g/0]). f() -> 1. g() -> 2." };
  const up = "[{load_module, m}]";

  test("a call from an application that did not change", async () => {
    expect(await lab.codes({ old, new: { m: ONE }, other: { o: "-export([f/0]). f() -> m:g()." }, up })).toEqual([
      "removed-export-called o",
    ]);
  });

  test("not one that is made only if the function is there, nor of a function that never was", async () => {
    const asking = "-export([f/0]). f() -> case erlang:function_exported(m, g, 0) of true -> m:g(); false -> no end.";
    expect(await lab.codes({ old, new: { m: ONE }, other: { o: asking }, up })).toEqual([]);
    expect(await lab.codes({ old, new: { m: ONE }, other: { o: "-export([f/0]). f() -> m:never()." }, up })).toEqual(
      [],
    );
  });
});

test("apply-before-point-of-no-return: a call before it, and not one behind it", async () => {
  const change = { old: { m: ONE }, new: { m: TWO }, down: "[{load_module, m}]" };
  const call = "{apply, {m, f, []}}";
  expect(await lab.codes({ ...change, up: `[${call}, point_of_no_return, {load_module, m}]` })).toEqual([
    "apply-one-way m",
    "apply-before-point-of-no-return m",
  ]);
  expect(await lab.codes({ ...change, up: `[{load_module, m}, ${call}]` })).toEqual(["apply-one-way m"]);
});

describe("apply-undefined", () => {
  const change = { old: { m: ONE }, new: { m: "-export([f/0, g/1]). f() -> 1. g(X) -> X." } };
  const of = async (call: string, order = `[{load_module, m}, {apply, ${call}}]`): Promise<string[]> => {
    const codes = await lab.lint({ ...change, up: order, down: "[{load_module, m}, {apply, {m, f, []}}]" });
    return codes.map(({ message }) => message);
  };

  test("a function of code that is not loaded yet", async () => {
    expect(await of("{m, g, [1]}", "[{apply, {m, g, [1]}}, {load_module, m}]")).toEqual([
      "m:g/1 is called, and the old code, which is still there then, does not export g/1",
    ]);
    expect(await of("{m, g, [1]}")).toEqual([]);
  });

  test("a wrong number of arguments, and a module that is nowhere", async () => {
    expect(await of("{m, g, []}")).toEqual(["m:g/0 is called, and m exports no g/0"]);
    expect(await of("{absent, g, []}")).toContain("absent:g/0 is called, and neither release has that module");
    expect(await of("{erlang, garbage_collect, []}")).not.toContain(expect.stringContaining("erlang"));
  });
});

test("application-restarted: it names who restarts whom, and nothing that is updated", async () => {
  const change = { old: { m: ONE }, new: { m: TWO }, other: { o: ONE }, down: "[{load_module, m}]" };
  const warnings = await lab.lint({ ...change, up: "[{load_module, m}, {restart_application, b}]" });
  expect(warnings.map(({ code, application, message }) => `${code} ${application}: ${message}`)).toEqual([
    "application-restarted b: b is stopped and started by the appup of a: its processes end, its connections drop",
  ]);
});
