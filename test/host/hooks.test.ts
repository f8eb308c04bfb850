import { describe, expect, test } from "bun:test";
import type { Hooks, LaunchPlan, Plugin } from "../../src/contract/index.ts";
import { EnitError } from "../../src/error/index.ts";
import { nil, parseTerm, tuple } from "../../src/term/index.ts";
import { HookDriver } from "../../src/host/hooks/index.ts";
import { failure } from "../support/failure.ts";
import { testContext } from "./test-context.ts";

const PLAN: LaunchPlan = { executable: "/erlexec", argv: [], env: { HOME: "/root" }, cwd: "/" };
const RELEASE = { release: { name: "relex", version: "1.0" } };
const NODE = { ...RELEASE, node: "relex@host", pid: 1 };

/** A driver over plugins that are called by their keys. */
function driverOf(plugins: Readonly<Record<string, Partial<Plugin>>>): HookDriver {
  const owners = Object.entries(plugins).map(([name, plugin]) => ({
    plugin: { name, api: 1, ...plugin } as const,
    context: testContext({ name }),
  }));
  return new HookDriver(() => Promise.resolve(owners));
}

/** A plugin in JavaScript, which no type checker has seen. */
function untyped(hooks: Readonly<Record<string, (...args: unknown[]) => unknown>>): Partial<Plugin> {
  return { hooks };
}

describe("a series hook", () => {
  test("calls every plugin in order, one after the other, with its own context", async () => {
    const calls: unknown[] = [];
    const slow: Hooks = {
      "vm:started": async (context, payload) => {
        await Promise.resolve();
        calls.push([context.config, payload.node]);
      },
    };
    await driverOf({ one: { hooks: slow }, none: {}, two: { hooks: slow } }).series("vm:started", NODE);
    expect(calls).toEqual([
      [{ name: "one" }, "relex@host"],
      [{ name: "two" }, "relex@host"],
    ]);
  });

  test('puts enforce "pre" before and "post" behind the order of loading', async () => {
    const calls: string[] = [];
    const plugin = (name: string, enforce?: "pre" | "post"): Partial<Plugin> => ({
      ...(enforce === undefined ? {} : { enforce }),
      hooks: { "vm:started": () => void calls.push(name) },
    });
    await driverOf({
      a: plugin("a", "post"),
      b: plugin("b"),
      c: plugin("c", "pre"),
      d: plugin("d"),
      e: plugin("e", "post"),
      f: plugin("f", "pre"),
    }).series("vm:started", NODE);
    expect(calls.join("")).toBe("cfbdae");
  });

  test("stops at the first plugin that throws, and names it and the hook", async () => {
    const cause = new TypeError("no such door");
    const calls: string[] = [];
    const driver = driverOf({
      first: { hooks: { "vm:started": () => Promise.reject(cause) } },
      second: { hooks: { "vm:started": () => void calls.push("second") } },
    });
    const error = await failure(driver.series("vm:started", NODE));
    expect(error).toMatchObject({
      code: "hook_failed",
      kind: "failed",
      message: 'cannot go on after "vm:started" of the plugin "first": no such door',
      hint: "It looks like a defect of the plugin; --verbose shows where it happened.",
      data: { plugin: "first", hook: "vm:started" },
    });
    expect(error.cause).toBe(cause);
    expect(calls).toEqual([]);
  });

  test("keeps kind, hint and code of an error that a plugin meant", async () => {
    const meant = new EnitError("no_license", 'cannot use "relex": it has no license', {
      kind: "input",
      hint: "Buy one.",
    });
    const driver = driverOf({
      shop: {
        hooks: {
          "vm:started": () => {
            throw meant;
          },
        },
      },
    });
    const error = await failure(driver.series("vm:started", NODE));
    expect(error).toMatchObject({ kind: "input", hint: "Buy one.", data: { plugin: "shop", code: "no_license" } });
  });

  test("gives no hint for a plain error, which may be what the plugin wants to say", async () => {
    const driver = driverOf({ gate: { hooks: { "vm:started": () => Promise.reject(new Error("not today")) } } });
    const error = await failure(driver.series("vm:started", NODE));
    expect(error).toMatchObject({ code: "hook_failed", kind: "failed", hint: undefined });
  });

  test("wraps an error once, also where a handler calls hooks itself", async () => {
    let driver = driverOf({});
    const outer: Hooks = { "vm:started": () => driver.series("vm:stopping", NODE) };
    const inner: Hooks = { "vm:stopping": () => Promise.reject(new Error("inner")) };
    driver = driverOf({ outer: { hooks: outer }, inner: { hooks: inner } });
    expect(await failure(driver.series("vm:started", NODE))).toMatchObject({
      message: 'cannot go on after "vm:stopping" of the plugin "inner": inner',
    });
  });
});

describe("a waterfall hook", () => {
  test("hands each plugin what the last one returned, and the facts", async () => {
    const add = (name: string): Partial<Plugin> => ({
      hooks: {
        "vm:launch": (_context, plan, facts) => ({ ...plan, argv: [...plan.argv, name, facts.release.name] }),
      },
    });
    const silent: Partial<Plugin> = { hooks: { "vm:launch": () => {} } };
    const driver = driverOf({ a: add("a"), silent, b: add("b") });
    expect((await driver.waterfall("vm:launch", PLAN, RELEASE)).argv).toEqual(["a", "relex", "b", "relex"]);
  });

  test("without a plugin gives the value back", async () => {
    expect(await driverOf({}).waterfall("vm:launch", PLAN, RELEASE)).toBe(PLAN);
  });

  test.each([
    ["a string", "must be an object, not string"],
    [null, "must be an object, not null"],
    [{ ...PLAN, executable: 1 }, "executable must be a string, not number"],
    [{ ...PLAN, argv: ["a", 2] }, "argv [1] must be a string, not number"],
    [{ ...PLAN, env: { A: 1 } }, "env A must be a string, not number"],
  ])("refuses the result %p, which it cannot use", async (result, state) => {
    const driver = driverOf({ bad: untyped({ "vm:launch": () => result }) });
    const error = await failure(driver.waterfall("vm:launch", PLAN, RELEASE));
    expect(error.message).toBe(
      `cannot go on after "vm:launch" of the plugin "bad": its result cannot be used: ${state}`,
    );
  });

  test("refuses what is no term where terms are wanted", async () => {
    const driver = driverOf({ bad: untyped({ "build:config": () => ["x"] }) });
    const error = await failure(driver.waterfall("build:config", [], { file: "reltool.config" }));
    expect(error.message).toEndWith("its result cannot be used: [0] must be a term, not string");
  });

  test.each([
    [{ kind: "wat" }, 'must be a term, and there is no kind "wat"'],
    [{ kind: "toString" }, 'must be a term, and there is no kind "toString"'],
    [{ kind: "tuple" }, "elements must be an array, not undefined"],
    [{ kind: "integer", value: 1 }, "value must be a bigint, not number"],
    [{ kind: "list", elements: [{ kind: "atom" }] }, "elements [0] name must be a string, not undefined"],
    [{ kind: "bitstring", bytes: "x", lastBits: 8 }, "bytes must be a Uint8Array, not string"],
  ])("refuses the term %p, which is none", async (term, state) => {
    const driver = driverOf({ bad: untyped({ "build:spec": () => term }) });
    const facts = { ...RELEASE, buildDirectory: "/build" };
    const error = await failure(driver.waterfall("build:spec", nil, facts));
    expect(error.message).toEndWith(`its result cannot be used: ${state}`);
  });

  test("takes terms of every kind", async () => {
    const text = '{a, 1, 1.5, [b | c], <<1:3>>, #{k => "v"}, fun lists:map/2}';
    const pid = { kind: "pid", node: "n@h", id: 1, serial: 0, creation: 3 } as const;
    const term = tuple(parseTerm(text), pid, { kind: "reference", node: "n@h", words: [1], creation: 1 });
    const driver = driverOf({ good: untyped({ "build:spec": () => term }) });
    expect(await driver.waterfall("build:spec", nil, { ...RELEASE, buildDirectory: "/build" })).toBe(term);
  });
});
