import { expect, test } from "bun:test";
import fc from "fast-check";
import { type ConfigTable, type ReconfigurePlan, planReconfigure, tableOf } from "../../src/release/index.ts";
import {
  type Term,
  atom,
  decodeTerm,
  encodeTerm,
  equalTerms,
  float,
  integer,
  list,
  parseTerm,
  string,
  tuple,
} from "../../src/term/index.ts";
import { oracle, systemOtp } from "../support/otp.ts";

type Written = Readonly<Record<string, Readonly<Record<string, Term>>>>;

function table(written: Written): ConfigTable {
  return new Map(Object.entries(written).map(([name, keys]) => [name, new Map(Object.entries(keys))]));
}

function plan(previous: Written, next: Written, running: Written, defaults: Written = {}): ReconfigurePlan {
  return planReconfigure({
    previous: table(previous),
    next: table(next),
    running: table(running),
    defaults: table(defaults),
  });
}

const one = integer(1);
const two = integer(2);
const NOTHING: ReconfigurePlan = { applications: [], notLoaded: [], unchanged: true };

test("planReconfigure() finds nothing to do where the files say what runs", () => {
  const files = { a: { x: one, y: list([one, string("z")]) } };
  expect(plan(files, files, { a: { x: one, y: list([one, string("z")]), own: two } })).toEqual(NOTHING);
});

test("planReconfigure() tells changed, new and removed keys apart", () => {
  const result = plan({ a: { x: one, gone: one } }, { a: { x: two, y: one } }, { a: { x: one, gone: one } });
  expect(result).toEqual({
    applications: [
      {
        application: "a",
        changed: [{ key: "x", old: one, new: two, restored: false }],
        added: [{ key: "y", new: one, restored: false }],
        removed: [{ key: "gone", old: one }],
      },
    ],
    notLoaded: [],
    unchanged: false,
  });
});

test("planReconfigure() compares exactly", () => {
  const cases: [Term, Term][] = [
    [one, float(1)],
    [string("a"), atom("a")],
    [list([one, list([one])]), list([one, list([float(1)])])],
  ];
  for (const [old, wanted] of cases) {
    expect(plan({ a: { x: old } }, { a: { x: wanted } }, { a: { x: old } }).applications).toHaveLength(1);
    expect(plan({ a: { x: old } }, { a: { x: old } }, { a: { x: old } })).toEqual(NOTHING);
  }
});

test("planReconfigure() brings a key that left the files back to its default", () => {
  const result = plan({ a: { x: one } }, { a: {} }, { a: { x: one } }, { a: { x: two } });
  expect(result.applications).toEqual([
    { application: "a", changed: [{ key: "x", old: one, new: two, restored: true }], added: [], removed: [] },
  ]);
  expect(plan({ a: { x: one } }, { a: {} }, { a: {} }, { a: { x: two } }).applications).toEqual([
    { application: "a", changed: [], added: [{ key: "x", new: two, restored: true }], removed: [] },
  ]);
  expect(plan({ a: { x: one } }, { a: {} }, { a: { x: two } }, { a: { x: two } })).toEqual(NOTHING);
  expect(plan({ a: { x: one } }, { a: {} }, { a: {} })).toEqual(NOTHING);
});

test("planReconfigure() treats a section that left the files as one without keys", () => {
  const result = plan({ a: { x: one, y: one } }, {}, { a: { x: one, y: one, own: one } }, { a: { y: two } });
  expect(result.applications).toEqual([
    {
      application: "a",
      changed: [{ key: "y", old: one, new: two, restored: true }],
      added: [],
      removed: [{ key: "x", old: one }],
    },
  ]);
});

test("planReconfigure() leaves alone what an application has set for itself", () => {
  expect(plan({ a: { x: one } }, { a: { x: one } }, { a: { x: one, own: two }, b: { own: one } })).toEqual(NOTHING);
});

test("planReconfigure() brings back a key of the files that was changed in the running application", () => {
  const files = { a: { x: one } };
  expect(plan(files, files, { a: { x: two } }).applications[0]?.changed).toEqual([
    { key: "x", old: two, new: one, restored: false },
  ]);
  expect(plan(files, files, { a: {} }).applications[0]?.added).toEqual([{ key: "x", new: one, restored: false }]);
});

test("planReconfigure() names applications that are not loaded only when their files changed", () => {
  expect(plan({ a: { x: one } }, { a: { x: one } }, {})).toEqual(NOTHING);
  expect(plan({ a: {} }, {}, {})).toEqual(NOTHING);
  const cases: [Written, Written][] = [
    [{}, { a: { x: one } }],
    [{ a: { x: one } }, {}],
    [{ a: { x: one } }, { a: { x: float(1) } }],
    [{ a: { x: one } }, { a: { y: one } }],
  ];
  for (const [previous, next] of cases) {
    expect(plan(previous, next, {})).toEqual({ applications: [], notLoaded: ["a"], unchanged: false });
  }
});

const value = fc.constantFrom<Term>(one, two, float(1), atom("x"), string("x"), list([one]));
const keys = fc.dictionary(fc.constantFrom("x", "y", "z"), value);
const config = fc.dictionary(fc.constantFrom("a", "b", "c"), keys);

test("planReconfigure() leads to what the files say, and touches nothing else", () => {
  fc.assert(
    fc.property(config, config, config, config, (previous, next, running, defaults) => {
      const result = plan(previous, next, running, defaults);
      const after = apply(result, table(running));
      for (const [application, environment] of Object.entries(running)) {
        const files = { ...previous[application], ...next[application] };
        for (const key of ["x", "y", "z"]) {
          let expected = environment[key];
          if (key in files) expected = next[application]?.[key] ?? defaults[application]?.[key];
          expectSame(after.get(application)?.get(key), expected);
        }
      }
      const loaded = planReconfigure({ previous: table(next), next: table(next), running: after, defaults: new Map() });
      expect(loaded).toEqual(NOTHING);
      expect(result.unchanged).toBe(result.applications.length + result.notLoaded.length === 0);
    }),
  );
});

test("planReconfigure() says the old value that runs, and never changes a key to itself", () => {
  fc.assert(
    fc.property(config, config, config, config, (previous, next, running, defaults) => {
      for (const change of plan(previous, next, running, defaults).applications) {
        const environment = running[change.application] ?? {};
        for (const each of change.changed) {
          expectSame(environment[each.key], each.old);
          expect(equalTerms(each.old, each.new)).toBe(false);
        }
        for (const each of change.added) expect(environment).not.toHaveProperty(each.key);
        for (const each of change.removed) expectSame(environment[each.key], each.old);
      }
    }),
  );
});

test("planReconfigure() works on what a running VM says of itself, and leads it to the files and the defaults", async () => {
  await using erl = await oracle(systemOtp());
  const applications = "[{App, application:get_all_env(App)} || App <- [demo, other]]";
  const running = async (): Promise<ConfigTable> => tableOf(decodeTerm(await erl.evaluate(applications))) ?? new Map();
  const written = (text: string): ConfigTable => tableOf(parseTerm(text)) ?? new Map();
  const defaults = written("[{demo, [{port, 80}, {mode, fast}]}, {other, []}]");
  const previous = written('[{demo, [{port, 8080}, {name, "a"}, {old, 1}]}, {other, [{x, 1}]}]');
  const next = written('[{demo, [{name, "a"}, {rate, 1.0}, {mode, slow}]}]');
  await erl.evaluate(
    `[ok = application:load({application, App, [{env, Env}]}) || {App, Env} <- element(1, Input)],
     ok = application:set_env(element(2, Input)), ok = application:set_env(demo, rate, 1),
     ok = application:set_env(demo, own, {kept})`,
    encodeTerm(tuple(termOf(defaults), termOf(previous))),
  );

  const changes = planReconfigure({ previous, next, running: await running(), defaults });
  for (const { application, changed, added, removed } of changes.applications) {
    for (const change of [...changed, ...added]) {
      await erl.evaluate(
        "{App, Key, Value} = Input, ok = application:set_env(App, Key, Value)",
        encodeTerm(tuple(atom(application), atom(change.key), change.new)),
      );
    }
    for (const { key } of removed) await erl.evaluate(`application:unset_env(${application}, ${key})`);
  }

  const sorted = await erl.text(`[{App, lists:sort(Env)} || {App, Env} <- ${applications}]`);
  expect(sorted).toBe('[{demo,[{mode,slow},{name,"a"},{own,{kept}},{port,80},{rate,1.0}]},{other,[]}]');
  expect(planReconfigure({ previous: next, next, running: await running(), defaults })).toEqual(NOTHING);
});

function termOf(written: ConfigTable): Term {
  const pairs = (entries: Iterable<readonly [string, Term]>): Term =>
    list([...entries].map(([name, term]) => tuple(atom(name), term)));
  return pairs([...written].map(([application, environment]) => [application, pairs(environment)] as const));
}

/** Does to an environment what `application:set_env/3` and `unset_env/2` do for the changes of a plan. */
function apply(result: ReconfigurePlan, running: ConfigTable): ConfigTable {
  const after = new Map([...running].map(([name, environment]) => [name, new Map(environment)]));
  for (const { application, changed, added, removed } of result.applications) {
    for (const change of [...changed, ...added]) after.get(application)?.set(change.key, change.new);
    for (const { key } of removed) after.get(application)?.delete(key);
  }
  return after;
}

function expectSame(actual: Term | undefined, expected: Term | undefined): void {
  if (actual === undefined || expected === undefined) expect(actual).toBe(expected);
  else expect(equalTerms(actual, expected)).toBe(true);
}
