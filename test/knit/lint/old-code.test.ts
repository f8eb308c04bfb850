import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type LintLab, lintLab } from "./support.ts";

let lab: LintLab;
beforeAll(async () => {
  lab = await lintLab();
});
afterAll(() => lab[Symbol.asyncDispose]());

/** Looks at an upgrade that loads `m` with this code, which differs in another function. */
function codes(source: string, up = "[{load_module, m}]"): Promise<string[]> {
  const of = (n: number) => `-export([start/0, version/0]). ${source} version() -> ${n}.`;
  return lab.codes({ old: { m: of(1) }, new: { m: of(2) }, up });
}

describe("local-loop", () => {
  test("a process that waits in a function which calls itself", async () => {
    expect(
      await codes("start() -> spawn(fun() -> loop(0) end). loop(N) -> receive stop -> ok; _ -> loop(N + 1) end."),
    ).toEqual(["local-loop m"]);
    const named = "start() -> spawn_link(m, init, [0]). init(N) -> process_flag(trap_exit, true), loop(N).";
    const timed = "loop(N) -> receive _ -> loop(N) after 1000 -> loop(N + 1) end.";
    expect(await codes(`-export([init/1]). ${named} ${timed}`)).toEqual(["local-loop m"]);
    const through =
      "start() -> proc_lib:spawn(fun() -> loop(0) end). loop(N) -> receive M -> handle(M, N) end. handle(M, N) -> loop(M + N).";
    expect(await codes(through)).toEqual(["local-loop m"]);
  });

  test("an update of the module reaches special processes alone", async () => {
    const loop = "start() -> spawn(fun() -> loop(0) end). loop(N) -> receive _ -> loop(N) end.";
    const server = `-behaviour(gen_server). -export([init/1]). init(_) -> {ok, 1}. ${loop}`;
    expect(await codes(server, "[{update, m, soft}]")).toEqual(["local-loop m"]);
    const special = `-export([system_continue/3, system_terminate/4]). system_continue(_, _, N) -> loop(N).
      system_terminate(R, _, _, _) -> exit(R). ${loop}`;
    expect(await codes(special, "[{update, m, soft}]")).toEqual([]);
  });

  test("not one that comes back by the module's name", async () => {
    const source =
      "-export([loop/1]). start() -> spawn(m, loop, [0]). loop(N) -> receive stop -> ok; _ -> m:loop(N + 1) end.";
    expect(await codes(source)).toEqual([]);
  });

  test("not a loop that ends, waits for no more than one answer, or runs in nobody's process", async () => {
    expect(
      await codes(
        "start() -> spawn(fun() -> gather(3) end). gather(0) -> ok; gather(N) -> receive _ -> gather(N - 1) end.",
      ),
    ).toEqual([]);
    expect(
      await codes("start() -> spawn(fun() -> flush() end). flush() -> receive _ -> flush() after 0 -> ok end."),
    ).toEqual([]);
    expect(await codes("start() -> wait(). wait() -> receive stop -> ok; _ -> wait() end.")).toEqual([]);
  });
});

describe("fun-stored", () => {
  test("a fun in a table, in a persistent term, within another term", async () => {
    expect(await codes("start() -> X = self(), ets:insert(tab, {key, fun() -> X end}).")).toEqual(["fun-stored m"]);
    expect(await codes("start() -> persistent_term:put(key, #{f => [fun(X) -> X + 1 end]}).")).toEqual([
      "fun-stored m",
    ]);
  });

  test("not a function by its module's name, nor a fun that is used at once", async () => {
    expect(await codes("start() -> ets:insert(tab, {key, fun m:version/0}).")).toEqual([]);
    expect(await codes("start() -> ets:insert(tab, lists:map(fun(X) -> {X, X} end, [1, 2])).")).toEqual([]);
  });
});

describe("fun-in-state", () => {
  const server = (state: string) =>
    `-behaviour(gen_server). -export([init/1]). start() -> ok. init(A) -> {ok, ${state}}.`;

  test("a fun in what init/1 gives, with the function that it is of", async () => {
    const of = (n: number) =>
      `${server("{state, fun() -> A end}")} version() -> ${n}.`.replace("init/1", "init/1, version/0");
    const [warning] = await lab.lint({ old: { m: of(1) }, new: { m: of(2) }, up: "[{load_module, m}]" });
    expect(warning?.message).toStartWith("the state of m keeps a fun of init/1: ");
    expect(await codes(server("{state, fun() -> A end}"))).toEqual(["fun-in-state m"]);
    expect(await codes(server("{state, fun() -> A end}"), "[{update, m, soft}]")).toEqual(["fun-in-state m"]);
  });

  test("not a function by its module's name, nor a fun beside the state", async () => {
    expect(await codes(server("{state, fun m:version/0, A}"))).toEqual([]);
    expect(
      await codes(
        "-behaviour(gen_server). -export([init/1]). start() -> ok. init(A) -> {ok, lists:map(fun(X) -> X end, A)}.",
      ),
    ).toEqual([]);
  });
});

test("nothing is old where the application is started anew", async () => {
  const loop = "start() -> spawn(fun() -> loop(0) end). loop(N) -> receive _ -> loop(N + 1) end.";
  expect(await codes(loop, "[{restart_application, a}]")).toEqual(["application-restarted a"]);
});
