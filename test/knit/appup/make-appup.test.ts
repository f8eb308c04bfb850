import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Oracle, oracle, systemOtp } from "../../support/otp.ts";
import { failure } from "../../support/failure.ts";
import { appupBetween, compilePair, makeFor } from "./support.ts";

let vm: Oracle;
beforeAll(async () => {
  vm = await oracle(systemOtp());
});
afterAll(() => vm[Symbol.asyncDispose]());

const plain = (value: number, more = ""): string => `${more}-export([f/0]).\nf() -> ${value}.\n`;
const calls = (module: string, value: number, more = ""): string =>
  `${more}-export([f/0]).\nf() -> {${module}:f(), ${value}}.\n`;
const server = (value: number, more = ""): string => `${more}-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2, code_change/3]).
init(_) -> {ok, ${value}}.
handle_call(_, _, S) -> {reply, S, S}.
handle_cast(_, S) -> {noreply, S}.
code_change(_, S, _) -> {ok, S}.\n`;
const without = (source: string, name: string): string =>
  source.replace(new RegExp(`, ${name}/\\d`), "").replace(new RegExp(`^${name}\\(.*\\n`, "m"), "");
const supervisor = (value: number, behaviour = "behaviour"): string =>
  `-${behaviour}(supervisor).\n-export([init/1]).\ninit(_) -> {ok, {{one_for_one, ${value}, 5}, []}}.\n`;

describe("makeAppup()", () => {
  test("adds, loads and deletes plain modules", async () => {
    const from = { a_same: plain(1), a_code: plain(1), a_gone: plain(1) };
    const to = { a_same: plain(1), a_code: plain(2), a_fresh: plain(1) };
    expect(await appupBetween(vm, from, to)).toEqual({
      up: ["{add_module,a_fresh}", "{load_module,a_code}", "{delete_module,a_gone}"],
      down: ["{add_module,a_gone}", "{load_module,a_code}", "{delete_module,a_fresh}"],
      warnings: [],
    });
  });

  test("has nothing to do where nothing changed", async () => {
    expect(await appupBetween(vm, { a_same: plain(1) }, { a_same: plain(1) })).toEqual({
      up: [],
      down: [],
      warnings: [],
    });
  });

  test("tells processes by their behaviour, in either spelling, and by what they export", async () => {
    const statem = (value: number): string => `-behaviour(gen_statem).
-export([init/1, callback_mode/0, handle_event/4, code_change/4]).
callback_mode() -> handle_event_function.
init(_) -> {ok, ${value}, x}.
handle_event(_, _, _, _) -> keep_state_and_data.
code_change(_, S, D, _) -> {ok, S, D}.\n`;
    const special = (value: number): string =>
      `-export([system_code_change/4]).\nsystem_code_change(_, _, _, _) -> ${value}.\n`;
    const unknown = (value: number): string => `-export([code_change/3]).\ncode_change(_, _, _) -> {ok, ${value}}.\n`;
    const all = (value: number) => ({
      a_server: server(value),
      a_quiet: without(server(value), "code_change"),
      a_statem: statem(value),
      a_special: special(value),
      a_sup: supervisor(value),
      a_us_sup: supervisor(value, "behavior"),
      a_unknown: unknown(value),
    });
    const { up, down, warnings } = await appupBetween(vm, all(1), all(2));
    expect(up).toEqual([
      "{update,a_quiet,soft}",
      "{update,a_server,{advanced,[]}}",
      "{update,a_special,{advanced,[]}}",
      "{update,a_statem,{advanced,[]}}",
      "{update,a_unknown,{advanced,[]}}",
      "{update,a_sup,supervisor}",
      "{update,a_us_sup,supervisor}",
    ]);
    expect(down).toEqual(up.toReversed());
    expect(warnings).toEqual([]);
  });

  test("takes no code_change of another arity than that of the behaviour", async () => {
    const wrong = (value: number): string =>
      server(value)
        .replace(/code_change\/3/, "code_change/4")
        .replace("(_, S, _) -> {ok", "(_, S, _, _) -> {ok");
    const { up } = await appupBetween(vm, { a_server: wrong(1) }, { a_server: wrong(2) });
    expect(up).toEqual(["{update,a_server,soft}"]);
  });

  test("follows behaviours that are built on others, by their modules and by what is declared", async () => {
    const base = `-behaviour(gen_server).\n${without(server(1).replace("-behaviour(gen_server).\n", ""), "code_change")}`;
    const on = (behaviour: string, value: number): string =>
      `-behaviour(${behaviour}).\n-export([code_change/3, f/0]).\nf() -> ${value}.\ncode_change(_, S, _) -> {ok, S}.\n`;
    const quiet = (behaviour: string, value: number): string =>
      `-behaviour(${behaviour}).\n-export([f/0]).\nf() -> ${value}.\n`;
    const all = (value: number) => ({
      a_base: base,
      a_own: on("a_base", value),
      a_quiet: quiet("a_base", value),
      a_told: quiet("b_server", value),
      a_tree: quiet("b_sup", value),
    });
    const { up } = await appupBetween(vm, all(1), all(2), {
      b_server: "b_base",
      b_base: "gen_server",
      b_sup: "supervisor",
    });
    expect(up).toEqual([
      "{update,a_own,{advanced,[]}}",
      "{update,a_quiet,soft}",
      "{update,a_told,soft}",
      "{update,a_tree,supervisor}",
    ]);
  });

  test("knows the behaviours of Elixir", async () => {
    const all = (value: number) => ({
      "Elixir.A.Server": server(value).replace("gen_server", "'Elixir.GenServer'"),
      "Elixir.A.Tree": supervisor(value).replace("(supervisor)", "('Elixir.Supervisor')"),
    });
    const { up } = await appupBetween(vm, all(1), all(2));
    expect(up).toEqual(["{update,'Elixir.A.Server',{advanced,[]}}", "{update,'Elixir.A.Tree',supervisor}"]);
  });

  test("only loads a module whose processes are of another kind now, and says so", async () => {
    const { up, warnings } = await appupBetween(
      vm,
      { a_server: server(1), a_sup: server(1) },
      { a_server: plain(2), a_sup: supervisor(2) },
    );
    expect(up).toEqual(["{load_module,a_server}", "{load_module,a_sup}"]);
    expect(warnings).toEqual(["kind_changed a_server", "kind_changed a_sup"]);
  });

  test("takes a module that says only now what it is for one that was it before", async () => {
    const silent = (source: string): string => source.replace(/-behaviour.*\n/, "");
    const { up, warnings } = await appupBetween(
      vm,
      { a_quiet: silent(without(server(1), "code_change")), a_server: silent(server(1)), a_sup: silent(supervisor(1)) },
      { a_quiet: server(2), a_server: server(2), a_sup: supervisor(2) },
    );
    expect(up).toEqual([
      "{update,a_quiet,{advanced,[]}}",
      "{update,a_server,{advanced,[]}}",
      "{update,a_sup,supervisor}",
    ]);
    expect(warnings).toEqual([]);
  });

  test("puts what is called before what calls it, backwards on the way down", async () => {
    const from = { a_a: plain(1), a_b: plain(1), a_c: plain(1), a_x: calls("a_y", 1), a_y: plain(1) };
    const to = {
      a_a: calls("a_b", 2),
      a_b: calls("a_new", 2),
      a_c: calls("a_a", 2),
      a_new: calls("a_z", 1),
      a_z: plain(1),
    };
    expect(await appupBetween(vm, from, to)).toEqual({
      up: [
        "{add_module,a_z}",
        "{add_module,a_new}",
        "{load_module,a_b}",
        "{load_module,a_a}",
        "{load_module,a_c}",
        "{delete_module,a_x}",
        "{delete_module,a_y}",
      ],
      down: [
        "{add_module,a_y}",
        "{add_module,a_x}",
        "{load_module,a_c}",
        "{load_module,a_a}",
        "{load_module,a_b}",
        "{delete_module,a_new}",
        "{delete_module,a_z}",
      ],
      warnings: [],
    });
  });

  test("counts a fun of another module as a call", async () => {
    const mapping = (module: string): string =>
      `-export([f/0, g/1]).\nf() -> lists:map(fun ${module}:g/1, [1]).\ng(X) -> X.\n`;
    const from = { a_a: plain(1), a_b: plain(1), a_c: plain(1) };
    const { up } = await appupBetween(vm, from, { a_a: mapping("a_b"), a_b: mapping("a_c"), a_c: plain(2) });
    expect(up).toEqual(["{load_module,a_c}", "{load_module,a_b}", "{load_module,a_a}"]);
  });

  test("has an order for modules that call each other, the same every time", async () => {
    const to = {
      a_b: calls("a_c", 2),
      a_c: calls("a_d", 2),
      a_d: calls("a_b", 2),
      a_a: calls("a_c", 2),
      a_e: plain(2),
    };
    const from = Object.fromEntries(Object.keys(to).map((name) => [name, plain(1)]));
    const { up, down } = await appupBetween(vm, from, to);
    const circle = ["{load_module,a_b}", "{load_module,a_c}", "{load_module,a_d}"];
    expect(up).toEqual([...circle, "{load_module,a_a}", "{load_module,a_e}"]);
    expect(down).toEqual(up.toReversed());
  });

  test("restarts the emulator for kernel, stdlib and sasl", async () => {
    using pair = await compilePair(vm, { a_a: plain(1) }, { a_a: plain(2) });
    const renamed = { from: { ...pair.from, name: "stdlib" }, to: { ...pair.to, name: "stdlib" } };
    const { up, down } = makeFor({ ...pair, ...renamed });
    expect([up, down]).toEqual([
      [{ kind: "atom", name: "restart_new_emulator" }],
      [{ kind: "atom", name: "restart_new_emulator" }],
    ]);
  });

  test("passes over modules that the application file does not list, and says so", async () => {
    using pair = await compilePair(vm, { a_a: plain(1) }, { a_a: plain(2), a_stray: plain(1) });
    const spec = { ...pair.to.spec, modules: ["a_a"] };
    const made = makeFor({ ...pair, to: { ...pair.to, spec } });
    expect(made.up).toHaveLength(1);
    expect(made.warnings).toMatchObject([{ code: "module_not_listed", module: "a_stray" }]);
  });

  test("says why each instruction is there", async () => {
    using pair = await compilePair(
      vm,
      { a_a: plain(1), a_server: server(1), a_x: plain(1) },
      { a_a: plain(2, "-knit_priority(3).\n"), a_server: server(2), a_n: plain(1) },
    );
    const { explanations } = makeFor(pair);
    expect(explanations.up.map(({ module, reason }) => `${module}: ${reason}`)).toEqual([
      "a_n: new in 2 (no process of its own)",
      "a_a: changed (no process of its own): it is loaded; priority 3",
      "a_server: changed (gen_server, exports code_change/3): its processes convert their state",
      "a_x: not in 2",
    ]);
  });

  test("says which callers an instruction stands before, or after on the way down", async () => {
    const to = {
      a_a: plain(2),
      ...Object.fromEntries(["a_b", "a_c", "a_d", "a_e"].map((name) => [name, calls("a_a", 2)])),
    };
    using pair = await compilePair(
      vm,
      { a_a: plain(1), a_b: plain(1), a_c: plain(1), a_d: plain(1), a_e: plain(1) },
      to,
    );
    const { up, down } = makeFor(pair).explanations;
    expect(up[0]?.reason).toEndWith("it is loaded; before a_b, a_c, a_d and 1 more, which call it");
    expect(down.at(-1)?.reason).toEndWith("it is loaded; after a_b, a_c, a_d and 1 more, which call it");
  });

  test("names a module that is no BEAM file", async () => {
    using pair = await compilePair(vm, { a_a: plain(1) }, { a_a: plain(2) });
    pair.dir.write("lib/a-2/ebin/a_a.beam", "FOR1");
    const error = await failure(() => makeFor(pair));
    expect(error).toMatchObject({ code: "beam_malformed", kind: "input" });
    expect(error.message).toContain(pair.dir.join("lib/a-2/ebin/a_a.beam"));
  });
});
