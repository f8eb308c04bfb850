import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type LintLab, lintLab } from "./support.ts";

let lab: LintLab;
beforeAll(async () => {
  lab = await lintLab();
});
afterAll(() => lab[Symbol.asyncDispose]());

/** A server with a record of these fields as its state. */
function server(fields: string, codeChange = "", exports = ""): string {
  return `-behaviour(gen_server). -export([init/1, handle_call/3, handle_cast/2${exports}]).
    -record(state, {${fields}}).
    init(N) -> {ok, #state{a = N}}.
    handle_call(_, _, S) -> {reply, S#state.a, S}. handle_cast(_, S) -> {noreply, S}. ${codeChange}`;
}
const EXPORT = ", code_change/3";
const KEEPING = "code_change(_, S, _) -> {ok, S}.";
const BOTH_WAYS = `code_change({down, _}, #state{a = A}, _) -> {ok, {state, A}}; code_change(_, {state, A}, _) -> {ok, #state{a = A}}.`;
const ADVANCED = "[{update, m, {advanced, []}}]";

describe("state-without-code-change", () => {
  const old = { m: server("a") };

  test("a record with one more field, in a module that is merely loaded or updated softly", async () => {
    for (const up of ["[{load_module, m}]", "[{update, m, soft}]"]) {
      const [warning, ...others] = await lab.lint({ old, new: { m: server("a, b") }, up });
      expect(warning?.message).toContain("the state of m changes (#state{} has b)");
      expect(warning?.code).toBe("state-without-code-change");
      expect(warning?.hint).toStartWith("Use {update, m, {advanced, EXTRA}}");
      expect(warning?.directions).toEqual(["up", "down"]);
      expect(others).toEqual([]);
    }
  });

  test("a code_change that gives the state back", async () => {
    const fresh = { m: server("a, b", KEEPING, EXPORT) };
    expect(await lab.codes({ old: { m: server("a", KEEPING, EXPORT) }, new: fresh, up: ADVANCED })).toEqual([
      "state-without-code-change m",
    ]);
  });

  test("each way for itself: a clause that gives the state back, one that fails, one for another version", async () => {
    const before = { m: server("a", KEEPING, EXPORT).replace("-record", '-vsn("1.0"). -record') };
    const messages = async (codeChange: string): Promise<string[]> => {
      const fresh = { m: server("a, b", codeChange, EXPORT) };
      const warnings = await lab.lint({ old: before, new: fresh, up: ADVANCED });
      return warnings.map(({ code, directions, message }) => `${code} ${directions.join()}: ${message}`);
    };
    const back = "code_change({down, _}, S, _) -> {ok, S}";
    const [up, down] = ["code-change-missing up:", "state-without-code-change down:"];
    const fails =
      "processes of m are to call code_change/3, which only fails on this way: the upgrade fails and the VM restarts";
    const keeps = "the state of m changes (#state{} has b), and code_change/3 gives it back as it was";
    const throwing = "code_change(_, _, _) -> throw(no).";
    expect(await messages(`${back}; ${throwing}`)).toEqual([`${up} ${fails}`, `${down} ${keeps}`]);
    const older = (vsn: string) => `${back}; code_change("${vsn}", {state, A}, _) -> {ok, #state{a = A}}.`;
    expect(await messages(older("1.0"))).toEqual([`${down} ${keeps}`]);
    expect(await messages(older("0.9"))).toEqual([`${up} ${fails}`, `${down} ${keeps}`]);
    expect(
      await messages(
        "code_change(_, {state, A}, _) -> {ok, #state{a = A}}; code_change({down, _}, _, _) -> {error, no}.",
      ),
    ).toEqual([]);
  });

  test("it is seen without debug information, and with it fields that change their places", async () => {
    const up = "[{load_module, m}]";
    const stripped = await lab.lint({
      old,
      new: { m: server("a, b") },
      up,
      down: "[restart_emulator]",
      stripped: true,
    });
    expect(stripped[0]?.message).toContain("#state{} has 2 fields in place of 1");
    const swapped = { old: { m: server("a, b") }, new: { m: server("b, a") }, up };
    expect(await lab.codes(swapped)).toEqual(["state-without-code-change m"]);
    expect(await lab.codes({ ...swapped, stripped: true })).toEqual([]);
  });

  test("it is followed through behaviours that are built on others, and data of a gen_statem", async () => {
    const derived = (fields: string) => server(fields).replace("behaviour(gen_server)", "behavior(my_server)");
    const base = "-behaviour(gen_server). -export([init/1]). init(_) -> ignore.";
    const change = { old: { m: derived("a") }, new: { m: derived("a, b") }, other: { my_server: base } };
    expect(await lab.codes({ ...change, up: "[{load_module, m}]" })).toContain("state-without-code-change m");
    const machine = (data: string) => `-behaviour(gen_statem). -export([init/1, callback_mode/0]).
      callback_mode() -> handle_event_function. init(_) -> {ok, idle, ${data}}.`;
    const codes = await lab.codes({
      old: { m: machine("{data, 1}") },
      new: { m: machine("{data, 1, 2}") },
      up: "[{update, m}]",
    });
    expect(codes).toContain("state-without-code-change m");
  });

  test("it is seen in servers of Elixir", async () => {
    const elixir = (fields: string) => server(fields).replace("(gen_server)", "('Elixir.GenServer')");
    const change = { old: { m: elixir("a") }, new: { m: elixir("a, b") }, up: "[{load_module, m}]" };
    expect(await lab.codes(change)).toEqual(["state-without-code-change m"]);
  });

  test("not a state that stays as it is, nor one that cannot be told", async () => {
    const other = (fields: string) => server(fields).replace("{reply, S#state.a, S}", "{reply, ok, S}");
    expect(await lab.codes({ old, new: { m: other("a") }, up: "[{load_module, m}]" })).toEqual([]);
    const given = (n: number) => `-behaviour(gen_server). -export([init/1]). init(State) -> {ok, {State, ${n}}}.`;
    expect(await lab.codes({ old: { m: given(1) }, new: { m: given(2) }, up: "[{load_module, m}]" })).toEqual([]);
  });
});

describe("code-change-no-down", () => {
  const old = { m: server("a", KEEPING, EXPORT) };

  test("a code_change for the way up alone", async () => {
    const fresh = server("a, b", "code_change(_, {state, A}, _) -> {ok, #state{a = A}}.", EXPORT);
    const warnings = await lab.lint({ old, new: { m: fresh }, up: ADVANCED });
    expect(warnings.map(({ code, directions }) => ({ code, directions }))).toEqual([
      { code: "code-change-no-down", directions: ["down"] },
    ]);
  });

  test("not one with a clause for {down, _}, or one that looks at the state", async () => {
    expect(await lab.codes({ old, new: { m: server("a, b", BOTH_WAYS, EXPORT) }, up: ADVANCED })).toEqual([]);
    const byShape = BOTH_WAYS.replace("{down, _}", "_");
    expect(await lab.codes({ old, new: { m: server("a, b", byShape, EXPORT) }, up: ADVANCED })).toEqual([]);
  });
});

test("code-change-missing: an update that calls what is not exported, each way for its own code", async () => {
  const change = { old: { m: server("a") }, new: { m: server("a", KEEPING, EXPORT) }, up: ADVANCED };
  expect(await lab.codes(change)).toEqual([]);
  const warnings = await lab.lint({
    ...change,
    new: {
      m: `${server("a")} g() -> 1. -export([g/0]).`
        .replace("-export([g/0]).", "")
        .replace("-record", "-export([g/0]). -record"),
    },
  });
  expect(warnings.map(({ code, directions }) => `${code} ${directions.join()}`)).toEqual([
    "code-change-missing up",
    "code-change-missing down",
  ]);
});

test("code-change-missing: a code_change that only fails, also where the state stays as it is", async () => {
  const failing = (codeChange: string) => server("a", codeChange, EXPORT);
  const codes = (fresh: string) => lab.codes({ old: { m: server("a") }, new: { m: failing(fresh) }, up: ADVANCED });
  const missing = "code-change-missing m";
  expect(await codes("code_change(_, _, _) -> {error, no}.")).toEqual([missing]);
  expect(await codes("code_change({down, _}, S, _) -> {ok, S}.")).toEqual([missing]);
  expect(await codes("code_change(_, S, _) -> case get(x) of y -> {ok, S}; _ -> exit(no) end.")).toEqual([]);
});

test("the code_change that is called is that of a behaviour of one's own, where there is one", async () => {
  const base = (more: string) => `-behaviour(gen_server). -export([init/1${more}`;
  const derived = (n: number) => `-behaviour(my_server). -export([f/0]). f() -> ${n}.`;
  const change = { old: { m: derived(1) }, new: { m: derived(2) }, up: ADVANCED };
  const converting = base(`${EXPORT}]). init(_) -> ignore. ${KEEPING}`);
  expect(await lab.codes({ ...change, other: { my_server: converting } })).toEqual([]);
  const lacking = base("]). init(_) -> ignore.");
  expect(await lab.codes({ ...change, other: { my_server: lacking } })).toEqual([
    "code-change-missing m",
    "code-change-missing m",
  ]);
});

describe("process-module-only-loaded", () => {
  test("a code_change of this version that nothing calls", async () => {
    // The state is put together from arguments, so that its shape cannot be told.
    const of = (codeChange: string, n: number) => `-behaviour(gen_server). -export([init/1, code_change/3]).
      init(S) -> {ok, {S, ${n}}}. ${codeChange}`;
    const converting = "code_change(_, {S, N}, _) -> {ok, {S, N + 1}}.";
    const change = { old: { m: of(KEEPING, 1) }, new: { m: of(converting, 2) } };
    expect(await lab.codes({ ...change, up: "[{load_module, m}]" })).toEqual(["process-module-only-loaded m"]);
    // It was there before: for an earlier upgrade.
    expect(
      await lab.codes({ old: { m: of(converting, 1) }, new: { m: of(converting, 2) }, up: "[{load_module, m}]" }),
    ).toEqual([]);
    expect(await lab.codes({ ...change, up: ADVANCED })).toEqual([]);
  });
});

test("special-process-without-code-change: a process of its own that is to convert its state", async () => {
  const special = (
    n: number,
    exports = "",
    more = "",
  ) => `-export([start_link/0, init/1, system_continue/3, system_terminate/4${exports}]).
    start_link() -> proc_lib:start_link(m, init, [self()]). init(P) -> proc_lib:init_ack({ok, self()}), loop(P, ${n}).
    loop(P, N) -> receive {system, F, R} -> sys:handle_system_msg(R, F, P, m, [], N); _ -> m:system_continue(P, [], N) end.
    system_continue(P, _, N) -> loop(P, N). system_terminate(R, _, _, _) -> exit(R). ${more}`;
  const plain = { old: { m: special(1) }, new: { m: special(2) }, up: ADVANCED };
  expect(await lab.codes(plain)).toEqual([
    "special-process-without-code-change m",
    "special-process-without-code-change m",
  ]);
  const [exports, more] = [", system_code_change/4", "system_code_change(M, _, _, _) -> {ok, M}."];
  expect(
    await lab.codes({ ...plain, old: { m: special(1, exports, more) }, new: { m: special(2, exports, more) } }),
  ).toEqual([]);
});

describe("the modules of children", () => {
  const worker = (n: number) => `-behaviour(gen_server). -export([start_link/0, init/1, f/0]).
    start_link() -> gen_server:start_link(m, [], []). init(_) -> {ok, 1}. f() -> ${n}.`;
  const supervisor = (child: string) => `-behaviour(supervisor). -export([init/1]).
    init(_) -> {ok, {#{strategy => one_for_one}, [${child}]}}.`;
  const codes = (child: string) =>
    lab.codes({
      old: { s: supervisor(child), m: worker(1) },
      new: { s: supervisor(child), m: worker(2) },
      up: "[{update, m, soft}]",
    });

  test("child-modules-wrong: a child that release_handler does not find by the module that is updated", async () => {
    expect(await codes("#{id => m, start => {m, start_link, []}, modules => []}")).toEqual(["child-modules-wrong s"]);
    expect(await codes("{m, {m, start_link, []}, permanent, 5000, worker, [other]}")).toEqual([
      "child-modules-wrong s",
    ]);
    expect(await codes("#{id => m, start => {m, start_link, []}}")).toEqual([]);
    expect(await codes("{m, {m, start_link, []}, permanent, 5000, worker, [m]}")).toEqual([]);
  });

  test("child-modules-dynamic: a server is asked for its modules, and an event manager answers", async () => {
    expect(await codes("#{id => m, start => {m, start_link, []}, modules => dynamic}")).toEqual([
      "child-modules-dynamic s",
    ]);
    const event = "#{id => e, start => {gen_event, start_link, []}, modules => dynamic}";
    expect(await codes(`${event}, #{id => m, start => {m, start_link, []}}`)).toEqual([]);
  });
});
