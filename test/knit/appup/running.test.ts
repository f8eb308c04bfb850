import { afterAll, beforeAll, describe, expect, test } from "bun:test";
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
-export([start_link/0, init/1, handle_call/3, handle_cast/2, code_change/3, ask/1]).
start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).
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
  });
}

/** An application that runs in its first version, with appups of ours beside its second one. */
interface RunningPair extends AsyncDisposable {
  readonly upgrade: () => Promise<void>;
  readonly downgrade: () => Promise<void>;
  /** The ids of the children of a supervisor that run. */
  readonly children: (supervisor: string) => Promise<string>;
}

async function startPair(vm: Oracle, from: Modules, to: Modules): Promise<RunningPair> {
  const pair = await compilePair(vm, from, to, { keys: ["{mod, {a_app, []}}"] });
  writeAppup(vm, pair);
  const [old, young] = [pair.dir.join("lib/a-1"), pair.dir.join("lib/a-2")];
  await vm.evaluate(`code:add_patha("${old}/ebin"), ok = application:start(a)`);
  const change = async (call: string, version: string): Promise<void> => {
    expect(await vm.text(`{release_handler:${call}, element(2, application:get_key(a, vsn))}`)).toBe(
      `{{ok,[]},"${version}"}`,
    );
  };
  return {
    upgrade: () => change(`upgrade_app(a, "${young}")`, "2"),
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

function writeAppup(vm: Oracle, pair: CompiledPair): void {
  const { up, down } = makeFor(pair);
  const lists = [up, down].map((instructions) => list([tuple(string("1"), list(instructions))]));
  pair.dir.write("lib/a-2/ebin/a.appup", formatTermFile(tuple(string("2"), ...lists), { otp: vm.otp.major }));
  if (process.env["SHOW"]) console.log(shown({ up, down }));
}
