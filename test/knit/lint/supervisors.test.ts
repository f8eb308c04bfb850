import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type LintLab, lintLab } from "./support.ts";

let lab: LintLab;
beforeAll(async () => {
  lab = await lintLab();
});
afterAll(() => lab[Symbol.asyncDispose]());

/** A supervisor with these children, which init/1 prepares. */
function supervisor(children: string, preparation = "", functions = ""): string {
  return `-behaviour(supervisor). -export([init/1]).
    init(Arg) -> ${preparation} {ok, {{one_for_one, 1, 5}, [${children}]}}. ${functions}`;
}
const child = (id: string) => `#{id => ${id}, start => {worker, start_link, [Arg]}}`;
const UPDATE = "[{update, s, supervisor}]";

describe("supervisor-init-side-effects", () => {
  const codes = (preparation: string, functions = "") =>
    lab.codes({
      old: { s: supervisor(child("a"), preparation, functions) },
      new: { s: supervisor(child("a"), `erlang:display(Arg), ${preparation}`, functions) },
      up: UPDATE,
    });

  test("a table, a process, a socket, also in a function that init/1 calls", async () => {
    expect(await codes("ets:new(tab, [named_table]),")).toEqual(["supervisor-init-side-effects s"]);
    expect(await codes("spawn_link(fun() -> Arg end),")).toEqual(["supervisor-init-side-effects s"]);
    expect(await codes("listen(),", "listen() -> {ok, S} = gen_tcp:listen(0, []), S.")).toEqual([
      "supervisor-init-side-effects s",
    ]);
    const warnings = await lab.lint({
      old: { s: supervisor(child("a"), "other_sup:start_link(),") },
      new: { s: supervisor(child("a"), "other_sup:start_link(), erlang:display(Arg),") },
      up: UPDATE,
    });
    expect(warnings[0]?.message).toContain("other_sup:start_link/0");
  });

  test("not what looks first whether it is there, what is caught, nor what can be done again", async () => {
    expect(await codes("case ets:info(tab) of undefined -> ets:new(tab, [named_table]); _ -> ok end,")).toEqual([]);
    expect(await codes("catch register(s, self()),")).toEqual([]);
    expect(await codes("process_flag(trap_exit, true), application:get_env(a, key),")).toEqual([]);
  });
});

describe("supervisor-only-loaded", () => {
  test("a supervisor with other children that is merely loaded", async () => {
    const change = { old: { s: supervisor(child("a")) }, new: { s: supervisor(`${child("a")}, ${child("b")}`) } };
    expect(await lab.codes({ ...change, up: "[{load_module, s}]" })).toEqual(["supervisor-only-loaded s"]);
  });

  test("not one whose other functions change", async () => {
    const more = (n: number) => supervisor(child("a"), "", `f() -> ${n}.`).replace("init/1", "init/1, f/0");
    expect(await lab.codes({ old: { s: more(1) }, new: { s: more(2) }, up: "[{load_module, s}]" })).toEqual([]);
  });
});

describe("supervisor-child-not-started, supervisor-child-not-stopped", () => {
  const change = { old: { s: supervisor(child("a")) }, new: { s: supervisor(`${child("a")}, ${child("{b, 1}")}`) } };

  test("a child that is new on the way up, and gone on the way back", async () => {
    const warnings = await lab.lint({ ...change, up: UPDATE });
    expect(warnings.map(({ code, directions, message }) => `${code} ${directions.join()}: ${message}`)).toEqual([
      "supervisor-child-not-started up: s has a new child {b,1}, and nothing starts it",
      "supervisor-child-not-stopped down: the child {b,1} of s is gone, and nothing stops the one that runs",
    ]);
  });

  test("not where the appup sees to it", async () => {
    const calls = (name: string) => `{apply, {supervisor, ${name}, [s, {b, 1}]}}`;
    const up = `[{update, s, supervisor}, ${calls("restart_child")}]`;
    const down = `[${calls("terminate_child")}, ${calls("delete_child")}, {update, s, supervisor}]`;
    expect(await lab.codes({ ...change, up, down })).toEqual([]);
  });

  test("not for children that are there or not, or that another way has too", async () => {
    const conditional = (then: string, otherwise: string) =>
      supervisor("", `Children = case Arg of yes -> [${then}]; _ -> [${otherwise}] end,`).replace("[]}}", "Children}}");
    const codes = (fresh: string) =>
      lab.codes({ old: { s: conditional(child("a"), "") }, new: { s: fresh }, up: UPDATE });
    expect(await codes(conditional(`${child("a")}, ${child("b")}`, ""))).toEqual([]);
    expect(await codes(supervisor(child("a")))).toEqual([]);
    const both = [child("b"), child("c")].join(", ");
    expect(await codes(conditional(`${child("a")}, ${both}`, both))).toEqual([
      "supervisor-child-not-started s",
      "supervisor-child-not-started s",
      "supervisor-child-not-stopped s",
      "supervisor-child-not-stopped s",
    ]);
  });

  test("children that the start of the supervisor hands over, and that another module puts together", async () => {
    const started = (ids: string) => `-behaviour(supervisor). -export([start_link/0, init/1]).
      start_link() -> supervisor:start_link({local, s}, s, ${ids}).
      init(Ids) -> {ok, {#{}, [#{id => Id, start => {worker, start_link, []}} || Id <- Ids]}}.`;
    const found = ["supervisor-child-not-started s", "supervisor-child-not-stopped s"];
    expect(await lab.codes({ old: { s: started("[a]") }, new: { s: started("[a, b]") }, up: UPDATE })).toEqual(found);
    expect(
      await lab.codes({
        old: { s: started("[a]") },
        new: { s: `${started("[a | more()]")} more() -> get(x).` },
        up: UPDATE,
      }),
    ).toEqual([]);
    const asking = (n: number) => supervisor("", `put(n, ${n}),`).replace("[]}}", "kids:all()}}");
    const kids = (children: string) => `-export([all/0]). all() -> [${children}].`.replaceAll("[Arg]", "[]");
    const up = "[{load_module, kids}, {update, s, supervisor}]";
    const asked = {
      old: { s: asking(1), kids: kids(child("a")) },
      new: { s: asking(2), kids: kids(`${child("a")}, ${child("b")}`) },
    };
    expect(await lab.codes({ ...asked, up })).toEqual(found);
    // Its own code stays as it is.
    const same = { ...asked, new: { ...asked.new, s: asking(1) } };
    expect(await lab.codes({ ...same, up })).toEqual(found);
    expect(await lab.codes({ ...same, up: "[{load_module, kids}]" })).toEqual(["supervisor-only-loaded s"]);
    const other = {
      ...same,
      new: { ...same.new, kids: kids(child("a")).replace(/$/, " f() -> 1.").replace("all/0", "all/0, f/0") },
    };
    expect(await lab.codes({ ...other, up: "[{load_module, kids}]" })).toEqual([]);
  });

  test("not for children that are put together when it runs", async () => {
    const dynamic = (id: string) => supervisor(`${child(id)} | more(Arg)`, "", "more(Arg) -> Arg.");
    expect(await lab.codes({ old: { s: dynamic("a") }, new: { s: dynamic("b") }, up: UPDATE })).toEqual([]);
  });
});

test("supervisor-suspended: who looks through the tree while a supervisor is suspended, and not who waits", async () => {
  const worker = (n: number) => `-behaviour(gen_server). -export([init/1, f/0]). init(_) -> {ok, 1}. f() -> ${n}.`;
  const change = {
    old: { s: supervisor(child("a")), m: worker(1) },
    new: { s: supervisor(child("a"), "", "f() -> 1.").replace("init/1", "init/1, f/0"), m: worker(2) },
  };
  const low = (module: string) => `{load_object_code, {a, VSN, [${module}]}}`;
  const script =
    (...parts: string[]) =>
    (vsn: string) =>
      `[${[low("s"), low("m"), "point_of_no_return", ...parts].join(", ")}]`.replaceAll("VSN", `"${vsn}"`);
  const load = (module: string) => `{load, {${module}, brutal_purge, brutal_purge}}`;
  const nested = script("{suspend, [s]}", load("s"), "{suspend, [m]}", load("m"), "{resume, [m]}", "{resume, [s]}");
  const apart = script("{suspend, [s]}", load("s"), "{resume, [s]}", "{suspend, [m]}", load("m"), "{resume, [m]}");
  const codes = (part: (vsn: string) => string) => lab.codes({ ...change, up: part("2"), down: part("1") });
  expect(await codes(nested)).toEqual(["supervisor-suspended s"]);
  expect(await codes(apart)).toEqual([]);
});
