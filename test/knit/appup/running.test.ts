import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { MadeAppup } from "../../../src/knit/appup/index.ts";
import { formatTermFile } from "../../../src/otp/index.ts";
import { list, string, tuple } from "../../../src/term/index.ts";
import { type Oracle, oracle, otpInstallations } from "../../support/otp.ts";
import { type CompiledPair, type Modules, compilePair, makeFor, shown } from "./support.ts";

const APP = `-behaviour(application).\n-export([start/2, stop/1]).\nstart(_, _) -> a_sup:start_link().\nstop(_) -> ok.\n`;

/** A supervisor of these children: the names of modules. */
function supervisor(children: readonly string[], more = ""): string {
  const specs = children.map((child) => `#{id => ${child}, start => {${child}, start_link, []}}`);
  return `-behaviour(supervisor).\n-export([start_link/0, init/1]).
start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).
init([]) -> {ok, {#{intensity => 1, period => 5}, [${specs.join(", ")}]}}.\n${more}`;
}

/** A server that keeps what it is told; its code change puts the version and the extra into its state. */
function server(version: string, { extra = "", hello = "{hello, S}" } = {}): string {
  return `-behaviour(gen_server).
${extra}
-export([start_link/0, start_link/1, init/1, handle_call/3, handle_cast/2, code_change/3, ask/1]).
start_link() -> start_link(?MODULE).
start_link(Name) -> gen_server:start_link({local, Name}, ?MODULE, [], []).
ask(What) -> gen_server:call(?MODULE, What).
init([]) -> {ok, {${version}, []}}.
handle_call({put, X}, _, {V, S}) -> {reply, ok, {V, [X | S]}};
handle_call(get, _, S) -> {reply, S, S};
handle_call(hello, _, S) -> {reply, ${hello}, S}.
handle_cast(_, S) -> {noreply, S}.
code_change({down, _}, {_, S}, Extra) -> {ok, {before_${version}, [{down, Extra} | S]}};
code_change(_, {_, S}, Extra) -> {ok, {${version}, [{up, Extra} | S]}}.\n`;
}

for (const otp of otpInstallations()) {
  describe(`an appup of ours, on OTP ${otp.major},`, () => {
    let vm: Oracle;
    beforeAll(async () => {
      vm = await oracle(otp);
    });
    afterAll(() => vm[Symbol.asyncDispose]());

    test("carries the state over, starts new children and ends those that are gone, both ways", async () => {
      await using app = await startPair(
        vm,
        { a_app: APP, a_sup: supervisor(["a_one", "a_old"]), a_one: server("v1"), a_old: server("v1") },
        {
          a_app: APP,
          a_sup: supervisor(["a_one", "a_new"]),
          a_one: server("v2", { extra: "-knit_extra({more, 1}).", hello: "a_new:ask(get)" }),
          a_new: server("v2"),
        },
      );
      await vm.evaluate("a_one:ask({put, kept})");
      await app.upgrade();
      expect(await vm.text("a_one:ask(get)")).toBe("{v2,[{up,{more,1}},kept]}");
      expect(await vm.text("a_one:ask(hello)")).toBe("{v2,[]}");
      expect(await app.children("a_sup")).toBe("[a_new,a_one]");
      expect(await vm.text("{whereis(a_old), code:is_loaded(a_old)}")).toBe("{undefined,false}");
      await app.downgrade();
      expect(await vm.text("a_one:ask(get)")).toBe("{before_v2,[{down,{more,1}},{up,{more,1}},kept]}");
      expect(await app.children("a_sup")).toBe("[a_old,a_one]");
      expect(await vm.text("{a_old:ask(get), whereis(a_new), code:is_loaded(a_new)}")).toBe(
        "{{v1,[]},undefined,false}",
      );
    });

    test("starts and ends children that are there under a condition, or put together when they are started", async () => {
      const sup = (children: string): string => `-behaviour(supervisor).\n-export([start_link/0, init/1]).
start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).
init([]) -> {ok, {{one_for_one, 1, 5}, children()}}.
child(Id, Arg) -> {Id, {a_one, start_link, [Arg]}, permanent, 5000, worker, [a_one]}.
children() -> ${children}.\n`;
      const one = server("v1");
      await using app = await startPair(
        vm,
        { a_app: APP, a_sup: sup("[child({pool, N}, list_to_atom([$p, $0 + N])) || N <- [1, 2]]"), a_one: one },
        {
          a_app: APP,
          a_sup:
            sup(`Extra = case application:get_env(a, extra) of {ok, true} -> [child(extra, extra)]; undefined -> [] end,
  case application:get_env(a, more) of {ok, true} -> [child(more, more)]; undefined -> [] end ++
  lists:map(fun(N) -> child({pool, N}, list_to_atom([$p, $0 + N])) end, lists:seq(2, 4)) ++ Extra`),
          a_one: one,
        },
      );
      await vm.evaluate("application:set_env(a, extra, true)");
      expect(app.warnings).toEqual([]);
      await app.upgrade();
      expect(await app.children("a_sup")).toBe("[extra,{pool,2},{pool,3},{pool,4}]");
      await app.downgrade();
      expect(await app.children("a_sup")).toBe("[{pool,1},{pool,2}]");
    });

    test("restarts what another module starts, and leaves the supervisors alone that do not run", async () => {
      const top = `-behaviour(supervisor).\n-export([start_link/0, init/1]).
start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).
init([]) ->
  Optional = case application:get_env(a, more) of {ok, true} -> [sub(optional)]; undefined -> [] end,
  {ok, {{one_for_one, 1, 5}, [sub(a_left), sub(a_right) | Optional]}}.
sub(Name) -> #{id => Name, start => {a_sub, start_link, [Name]}, type => supervisor}.\n`;
      const sub = (left: string, right: string): string => `-behaviour(supervisor).\n-export([start_link/1, init/1]).
start_link(Name) -> supervisor:start_link({local, Name}, ?MODULE, Name).
init(a_left) -> {ok, {#{}, [${left}]}};
init(Right) when Right =:= a_right; Right =:= optional -> {ok, {#{}, [${right}]}}.\n`;
      const child = (id: string, module: string, more = ""): string =>
        `#{id => ${id}, start => {${module}, start_link, []}, modules => [${module}]${more}}`;
      const from = {
        a_app: APP,
        a_sup: top,
        a_sub: sub(child("same", "a_one"), child("gone", "a_two", ", restart => temporary")),
        a_one: server("v1"),
        a_two: server("v1"),
      };
      const to = {
        a_app: APP,
        a_sup: top,
        a_sub: sub(child("same", "a_three"), child("fresh", "a_four")),
        a_three: server("v2"),
        a_four: server("v2"),
      };
      await using app = await startPair(vm, from, to);
      expect(app.up.filter((each) => each.includes("optional"))).toEqual([
        "{apply,{proc_lib,start,[supervisor,terminate_child,[optional,gone]]}}",
        "{apply,{proc_lib,start,[supervisor,restart_child,[optional,fresh]]}}",
      ]);
      await app.upgrade();
      expect(await vm.text("[a_three:ask(get), a_four:ask(get), whereis(a_one), whereis(a_two)]")).toBe(
        "[{v2,[]},{v2,[]},undefined,undefined]",
      );
      expect((await app.children("a_left")) + (await app.children("a_right"))).toBe("[same][fresh]");
      await app.downgrade();
      expect(await vm.text("[a_one:ask(get), a_two:ask(get), whereis(a_three), whereis(a_four)]")).toBe(
        "[{v1,[]},{v1,[]},undefined,undefined]",
      );
    });

    test("has a supervisor look again whose children come from a module that changed", async () => {
      const sup = `-behaviour(supervisor).\n-export([start_link/0, init/1]).
start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).
init([]) -> {ok, {#{}, a_specs:children()}}.\n`;
      const specs = (...children: readonly string[]): string =>
        `-export([children/0]).\nchildren() -> [#{id => Id, start => {a_one, start_link, [Id]}} || Id <- [${children.join(", ")}]].\n`;
      const rest = { a_app: APP, a_sup: sup, a_one: server("v1") };
      await using app = await startPair(vm, { ...rest, a_specs: specs("p") }, { ...rest, a_specs: specs("p", "q") });
      expect(app.up).toEqual([
        "{load_module,a_specs}",
        "{update,a_sup,supervisor}",
        "{apply,{supervisor,restart_child,[a_sup,q]}}",
      ]);
      await app.upgrade();
      expect(await app.children("a_sup")).toBe("[p,q]");
      await app.downgrade();
      expect(await app.children("a_sup")).toBe("[p]");
    });

    test("converts the state of every kind of process", async () => {
      const sup = `-behaviour(supervisor).\n-export([start_link/0, init/1]).
start_link() -> supervisor:start_link(?MODULE, []).
init([]) -> {ok, {#{}, [
  #{id => a_statem, start => {a_statem, start_link, []}},
  #{id => a_events, start => {gen_event, start_link, [{local, a_events}]}, modules => dynamic},
  #{id => a_special, start => {a_special, start_link, []}},
  #{id => a_quiet, start => {a_quiet, start_link, []}}]}}.\n`;
      const all = (version: string): Modules => ({
        a_app: `-behaviour(application).\n-export([start/2, stop/1]).\nstop(_) -> ok.
start(_, _) -> {ok, Pid} = a_sup:start_link(), ok = gen_event:add_handler(a_events, a_handler, []), {ok, Pid}.\n`,
        a_sup: sup,
        a_statem: `-behaviour(gen_statem).\n-export([start_link/0, init/1, callback_mode/0, handle_event/4, code_change/4]).
start_link() -> gen_statem:start_link({local, ?MODULE}, ?MODULE, [], []).
init([]) -> {ok, here, ${version}}.
callback_mode() -> handle_event_function.
handle_event({call, From}, get, State, Data) -> {keep_state_and_data, [{reply, From, {State, Data}}]}.
code_change({down, _}, State, Data, _) -> {ok, State, {down, Data}};
code_change(_, State, Data, _) -> {ok, State, {${version}, Data}}.\n`,
        a_handler: `-behaviour(gen_event).\n-export([init/1, handle_event/2, handle_call/2, code_change/3]).
init([]) -> {ok, ${version}}.
handle_event(_, S) -> {ok, S}.
handle_call(get, S) -> {ok, S, S}.
code_change({down, _}, S, _) -> {ok, {down, S}};
code_change(_, S, _) -> {ok, {${version}, S}}.\n`,
        a_special: `-export([start_link/0, init/1, loop/2, system_continue/3, system_terminate/4, system_code_change/4]).
start_link() -> proc_lib:start_link(?MODULE, init, [self()]).
init(Parent) -> register(?MODULE, self()), proc_lib:init_ack({ok, self()}), loop(Parent, ${version}).
loop(Parent, S) -> receive
  {system, From, Request} -> sys:handle_system_msg(Request, From, Parent, ?MODULE, [], S);
  {get, From} -> From ! {a_special, S}, ?MODULE:loop(Parent, S) end.
system_continue(Parent, _, S) -> ?MODULE:loop(Parent, S).
system_terminate(Reason, _, _, _) -> exit(Reason).
system_code_change(S, _, {down, _}, _) -> {ok, {down, S}};
system_code_change(S, _, _, _) -> {ok, {${version}, S}}.\n`,
        a_quiet: `-behaviour(gen_server).\n-export([start_link/0, init/1, handle_call/3, handle_cast/2]).
start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
init([]) -> {ok, ${version}}.
handle_call(get, _, S) -> {reply, {S, in, ${version}}, S}.
handle_cast(_, S) -> {noreply, S}.\n`,
      });
      await using app = await startPair(vm, all("v1"), all("v2"));
      const states = (): Promise<string> =>
        vm.text(`a_special ! {get, self()}, [gen_statem:call(a_statem, get), gen_event:call(a_events, a_handler, get),
          receive {a_special, S} -> S end, gen_server:call(a_quiet, get)]`);
      await app.upgrade();
      expect(await states()).toBe("[{here,{v2,v1}},{v2,v1},{v2,v1},{v1,in,v2}]");
      await app.downgrade();
      expect(await states()).toBe("[{here,{down,{v2,v1}}},{down,{v2,v1}},{down,{v2,v1}},{v1,in,v1}]");
    });

    test("converts the state that a behaviour of one's own keeps, when only the behaviour changed", async () => {
      const base = (
        version: string,
      ): string => `-behaviour(gen_server).\n-export([start_link/1, init/1, handle_call/3, handle_cast/2, code_change/3]).
start_link(Mod) -> gen_server:start_link({local, Mod}, ?MODULE, Mod, []).
init(Mod) -> {ok, {${version}, Mod, Mod:new()}}.
handle_call(get, _, {${version}, _, S} = State) -> {reply, {${version}, S}, State}.
handle_cast(_, S) -> {noreply, S}.
code_change({down, _}, {v2, Mod, S}, _) -> {ok, {v1, Mod, S}};
code_change(_, {v1, Mod, S}, _) -> {ok, {v2, Mod, S}}.\n`;
      const user =
        "-behaviour(a_base).\n-export([start_link/0, new/0]).\nstart_link() -> a_base:start_link(?MODULE).\nnew() -> kept.\n";
      const rest = { a_app: APP, a_sup: supervisor(["a_user"]), a_user: user };
      await using app = await startPair(vm, { ...rest, a_base: base("v1") }, { ...rest, a_base: base("v2") });
      expect(app.up).toEqual(["{update,a_base,{advanced,[]}}", "{update,a_user,{advanced,[]},[a_base]}"]);
      await app.upgrade();
      expect(await vm.text("gen_server:call(a_user, get)")).toBe("{v2,kept}");
      await app.downgrade();
      expect(await vm.text("gen_server:call(a_user, get)")).toBe("{v1,kept}");
    });

    test("calls functions at their time, and purges as modules say", async () => {
      const log = (version: string, more = ""): string =>
        `${more}-export([add/1, linger/0]).
add(X) -> persistent_term:put(a_log, persistent_term:get(a_log, []) ++ [{X, ${version}}]).
linger() -> receive stop -> ok after 0 -> receive stop -> ${version} end end.\n`;
      const calls = `-knit_apply([{immediate, {a_log, add, [loaded]}}, {first, {a_log, add, [first]}}, {a_log, add, [last]}]).
-knit_apply_down([{immediate, {a_log, add, [leaving]}}, {first, {a_log, add, [down]}}, {last, {a_log, add, [back]}}]).\n`;
      const from = { a_app: APP, a_sup: supervisor([]), a_log: log("v1"), a_brutal: log("v1") };
      const to = { ...from, a_log: log("v2", `-knit_purge(soft_purge).\n${calls}`), a_brutal: log("v2") };
      await using app = await startPair(vm, from, to);
      await vm.evaluate(
        "persistent_term:erase(a_log), register(soft, spawn(a_log, linger, [])), register(brutal, spawn(a_brutal, linger, []))",
      );
      await app.upgrade("[{a_log,soft_purge},{a_brutal,brutal_purge}]");
      expect(await vm.text("persistent_term:get(a_log)")).toBe("[{first,v1},{loaded,v2},{last,v2}]");
      expect(await vm.text("{is_pid(whereis(soft)), is_pid(whereis(brutal))}")).toBe("{true,true}");
      await vm.evaluate(
        "soft ! stop, persistent_term:erase(a_log), Ref = monitor(process, soft), receive {'DOWN', Ref, _, _, _} -> ok end",
      );
      await app.downgrade();
      expect(await vm.text("persistent_term:get(a_log)")).toBe("[{down,v2},{leaving,v2},{back,v1}]");
      expect(await vm.text("whereis(brutal)")).toBe("undefined");
    });
  });
}

/** An application that runs in its first version, with appups of ours beside its second one. */
interface RunningPair extends AsyncDisposable {
  /** `unpurged`: the modules with old code that is still there. Default: none. */
  readonly upgrade: (unpurged?: string) => Promise<void>;
  readonly downgrade: () => Promise<void>;
  /** The ids of the children of a supervisor that run. */
  readonly children: (supervisor: string) => Promise<string>;
  /** The instructions of the way up. */
  readonly up: readonly string[];
  readonly warnings: readonly string[];
}

async function startPair(vm: Oracle, from: Modules, to: Modules): Promise<RunningPair> {
  const pair = await compilePair(vm, from, to, { keys: ["{mod, {a_app, []}}"] });
  const made = makeFor(pair);
  writeAppup(vm, pair, made);
  const [old, young] = [pair.dir.join("lib/a-1"), pair.dir.join("lib/a-2")];
  await vm.evaluate(`code:add_patha("${old}/ebin"), ok = application:start(a)`);
  const change = async (call: string, version: string, unpurged = "[]"): Promise<void> => {
    expect(await vm.text(`{release_handler:${call}, element(2, application:get_key(a, vsn))}`)).toBe(
      `{{ok,${unpurged}},"${version}"}`,
    );
  };
  return {
    up: shown(made).up,
    warnings: made.warnings.map(({ message }) => message),
    upgrade: (unpurged) => change(`upgrade_app(a, "${young}")`, "2", unpurged),
    downgrade: () => change(`downgrade_app(a, "1", "${old}")`, "1"),
    children: (name) =>
      vm.text(`lists:sort([Id || {Id, Pid, _, _} <- supervisor:which_children(${name}), is_pid(Pid)])`),
    [Symbol.asyncDispose]: async () => {
      await vm.evaluate(`application:stop(a), application:unload(a), code:del_path("${old}/ebin"), code:del_path("${young}/ebin"),
        [{code:purge(M), code:delete(M), code:purge(M)} || M <- ${JSON.stringify([...new Set([...Object.keys(from), ...Object.keys(to)])]).replaceAll('"', "")}]`);
      pair[Symbol.dispose]();
    },
  };
}

function writeAppup(vm: Oracle, pair: CompiledPair, { up, down }: MadeAppup): void {
  const lists = [up, down].map((instructions) => list([tuple(string("1"), list(instructions))]));
  pair.dir.write("lib/a-2/ebin/a.appup", formatTermFile(tuple(string("2"), ...lists), { otp: vm.otp.major }));
}
