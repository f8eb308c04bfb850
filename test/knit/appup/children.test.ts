import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { openBeam } from "../../../src/beam/index.ts";
import { Behaviours, makeAppup } from "../../../src/knit/appup/index.ts";
import { type ApplicationCode, readApplicationCode } from "../../../src/knit/code/index.ts";
import { type Oracle, oracle, systemOtp } from "../../support/otp.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { writeErlangApplication } from "../erlang-application.ts";
import { type Modules, appupBetween, compilePair, makeFor, shown } from "./support.ts";

let vm: Oracle;
beforeAll(async () => {
  vm = await oracle(systemOtp());
});
afterAll(() => vm[Symbol.asyncDispose]());

const APP =
  "-behaviour(application).\n-export([start/2, stop/1]).\nstart(_, _) -> a_sup:start_link().\nstop(_) -> ok.\n";
const LIBRARY = "-export([f/0, start_link/0, start_link/1]).\nf() -> ok.\nstart_link() -> ok.\nstart_link(_) -> ok.\n";

/** A supervisor whose `init/1` gives these children, in Erlang's syntax; `start` is the body of its `start_link/0`. */
function supervisor(children: string, start = "supervisor:start_link({local, ?MODULE}, ?MODULE, [])"): string {
  return `-behaviour(supervisor).\n-export([start_link/0, init/1]).
start_link() -> ${start}.\ninit(Args) -> {ok, {#{}, [${children}]}}.\n`.replace(
    "init(Args)",
    children.includes("Args") ? "init(Args)" : "init(_)",
  );
}

function child(id: string, start = "a_one, start_link, []", more = ""): string {
  return `#{id => ${id}, start => {${start}}${more}}`;
}

/** The calls of supervisors on the way up and down, and the warnings. */
async function childCalls(from: Modules, to: Modules, keys = ["{mod, {a_app, []}}"]) {
  const rest = { a_app: APP, a_one: LIBRARY };
  using pair = await compilePair(vm, { ...rest, ...from }, { ...rest, ...to }, { keys });
  const made = makeFor(pair);
  const { up, down } = shown(made);
  const calls = (all: readonly string[]): string[] =>
    all.flatMap((each) => /\{apply,\{(supervisor,.*|proc_lib,start,.*)\}\}/.exec(each)?.[1] ?? []);
  return { up: calls(up), down: calls(down), warnings: made.warnings.map(({ code }) => code), made };
}

const ADDED = {
  up: ["supervisor,restart_child,[a_sup,x]"],
  down: ["supervisor,terminate_child,[a_sup,x]", "supervisor,delete_child,[a_sup,x]"],
};

describe("children of a changed supervisor", () => {
  test("are started when they are new, and ended when they are gone", async () => {
    const [one, two] = [{ a_sup: supervisor("") }, { a_sup: supervisor(child("x")) }];
    expect(await childCalls(one, two)).toMatchObject({ ...ADDED, warnings: [] });
    expect(await childCalls(two, one)).toMatchObject({ up: ADDED.down, down: ADDED.up, warnings: [] });
  });

  test("are known where the specification of the supervisor names supervisor:start_link itself", async () => {
    const top = supervisor(child("low", "supervisor, start_link, [{local, low}, a_low, []]", ", type => supervisor"));
    const low = (children: string): string =>
      supervisor(children)
        .replace("[start_link/0, init/1]", "[init/1]")
        .replace(/start_link.*\n/, "");
    const { up, warnings } = await childCalls({ a_sup: top, a_low: low("") }, { a_sup: top, a_low: low(child("x")) });
    expect({ up, warnings }).toEqual({ up: ["supervisor,restart_child,[low,x]"], warnings: [] });
  });

  test("are known beside supervisors whose children are found out by more than can be followed", async () => {
    const names = Array.from({ length: 12 }, (_, at) => `heavy_${at}`);
    const top = supervisor(
      [
        ...names.map((name) => child(name, `a_heavy, start_link, [${name}]`)),
        child("low", "a_low, start_link, []"),
      ].join(", "),
    );
    // Each call doubles the ways on which the code goes on.
    const heavy = `-behaviour(supervisor).\n-export([start_link/1, init/1]).
start_link(Name) -> supervisor:start_link({local, Name}, ?MODULE, Name).
init(Name) -> ${Array.from({ length: 14 }, (_, at) => `ask(Name, ${at})`).join(", ")}, {ok, {#{}, []}}.
ask(Name, At) -> case get({Name, At}) of yes -> {At, a}; _ -> {At, b} end.\n`;
    const low = (children: string): string => supervisor(children);
    const { up, warnings } = await childCalls(
      { a_sup: top, a_heavy: heavy, a_low: low("") },
      { a_sup: top, a_heavy: heavy, a_low: low(child("x")) },
    );
    expect({ up, warnings }).toEqual({ up: ["supervisor,restart_child,[a_low,x]"], warnings: [] });
  });

  test("may have any term as their id", async () => {
    const { up } = await childCalls(
      { a_sup: supervisor("") },
      { a_sup: supervisor([child('{"pool", 1}'), child('<<"b">>')].join(", ")) },
    );
    expect(up).toEqual([
      "supervisor,restart_child,[a_sup,{[112,111,111,108],1}]",
      "supervisor,restart_child,[a_sup,<<98>>]",
    ]);
  });

  test("are not deleted when they are temporary, since they are forgotten when they end", async () => {
    const temporary = child("x", undefined, ", restart => temporary");
    const { up } = await childCalls({ a_sup: supervisor(temporary) }, { a_sup: supervisor("") });
    expect(up).toEqual(["supervisor,terminate_child,[a_sup,x]"]);
  });

  test("are started anew when another module starts them, and left alone when only arguments differ", async () => {
    const { up, made } = await childCalls(
      { a_sup: supervisor([child("x"), child("y", "a_one, start_link, [1]")].join(", ")) },
      {
        a_sup: supervisor([child("x", "a_two, start_link, []"), child("y", "a_one, start_link, [2]")].join(", ")),
        a_two: LIBRARY,
      },
    );
    expect(up).toEqual(["supervisor,terminate_child,[a_sup,x]", "supervisor,restart_child,[a_sup,x]"]);
    expect(made.explanations.up.find(({ module }) => module === "a_sup")?.reason).toContain(
      "y will be started otherwise the next time",
    );
  });

  test("of a simple_one_for_one supervisor are left alone", async () => {
    const simple = (id: string): string => supervisor(child(id)).replace("#{}", "#{strategy => simple_one_for_one}");
    expect(await childCalls({ a_sup: simple("x") }, { a_sup: simple("y") })).toMatchObject({
      up: [],
      down: [],
      warnings: [],
    });
  });

  test("are told of by a supervisor that is global, via a registry, or has no name", async () => {
    const pair = async (start: string) =>
      childCalls({ a_sup: supervisor("", start) }, { a_sup: supervisor(child("x"), start) });
    expect((await pair("supervisor:start_link({global, top}, ?MODULE, [])")).up).toEqual([
      "supervisor,restart_child,[{global,top},x]",
    ]);
    expect((await pair("supervisor:start_link({via, a_one, {top}}, ?MODULE, [])")).up).toEqual([
      "supervisor,restart_child,[{via,a_one,{top}},x]",
    ]);
    expect(await pair("supervisor:start_link(?MODULE, [])")).toMatchObject({
      up: [],
      warnings: ["supervisor_unnamed"],
    });
    expect(await pair('supervisor:start_link({local, list_to_atom(os:getenv("X"))}, ?MODULE, [])')).toMatchObject({
      up: [],
      warnings: ["supervisor_unnamed"],
    });
  });

  test("are called in a process of their own where their supervisor may not be running", async () => {
    const guarded = ["proc_lib,start,[supervisor,restart_child,[a_sup,x]]"];
    const [one, two] = [{ a_sup: supervisor("") }, { a_sup: supervisor(child("x")) }];
    expect((await childCalls(one, two, [])).up).toEqual(guarded);
    const maybe = {
      a_app: APP.replace("a_sup:", 'case os:getenv("X") of false -> a_one:f(); _ -> ok end, a_sup:').replace(
        "a_sup:start_link()",
        "case a_one:g() of 1 -> a_sup:start_link(); _ -> a_two:start_link() end",
      ),
    };
    const once = {
      a_app: APP.replace(
        "a_sup:start_link()",
        'case os:getenv("X") of false -> a_sup:start_link(); _ -> {ok, self()} end',
      ),
    };
    expect((await childCalls({ ...one, ...once }, { ...two, ...once })).up).toEqual(guarded);
    const always = {
      a_app: APP.replace(
        "a_sup:start_link()",
        "case a_sup:start_link() of {ok, Pid} -> a_one:f(), {ok, Pid}; Error -> Error end",
      ),
    };
    expect((await childCalls({ ...one, ...always }, { ...two, ...always })).up).toEqual(ADDED.up);
    const other = { a_two: supervisor("") };
    expect((await childCalls({ ...one, ...maybe, ...other }, { ...two, ...maybe, ...other })).up).toEqual(guarded);
    using pair = await compilePair(
      vm,
      { a_app: APP, a_one: LIBRARY, ...one },
      { a_app: APP, a_one: LIBRARY, ...two },
      { keys: ["{mod, {a_app, []}}"] },
    );
    expect(shown(makeFor(pair, {}, { isPermanent: false })).up.at(-1)).toBe(`{apply,{${guarded[0]}}}`);
  });

  test("that were there under some condition are started if they are permanent, as the condition may hold only now", async () => {
    const maybe = (specification: string): string =>
      supervisor(`X || X <- case os:getenv("X") of "on" -> [${specification}]; _ -> [] end`);
    const transient = child("y", undefined, ", restart => transient");
    const both = maybe(`${child("x")}, ${transient}`);
    const { up, made } = await childCalls({ a_sup: both }, { a_sup: `-v(2).\n${both}` });
    expect(up).toEqual(["supervisor,restart_child,[a_sup,x]"]);
    expect(made.explanations.up.at(-1)?.reason).toContain("x may be a new child in 2, under some condition");
  });

  test("may be put together by another application", async () => {
    using dir = tempDir();
    const specs =
      "-export([spec/2]).\nspec(Name, Args) -> {Name, {pool, start_link, [Args]}, permanent, 5000, worker, [pool]}.\n";
    const pool = readApplicationCode(
      await writeErlangApplication(vm, dir, "pool", { name: "pool", vsn: "1", modules: { pool: specs } }),
    );
    const other = readApplicationCode(
      await writeErlangApplication(vm, dir, "other", {
        name: "pool",
        vsn: "2",
        modules: { pool: specs.replace("5000", "1") },
      }),
    );
    const modules = { a_app: APP, a_one: LIBRARY };
    const to = { ...modules, a_sup: supervisor("pool:spec(first, [{size, 5}])") };
    using pair = await compilePair(vm, { ...modules, a_sup: supervisor("") }, to, { keys: ["{mod, {a_app, []}}"] });
    const make = (...applications: readonly ApplicationCode[]) =>
      makeAppup({ ...pair, behaviours: new Behaviours(new Map(), [pair.to, pair.from, ...applications]) });
    const made = make(pool);
    expect(shown(made).up.at(-1)).toBe("{apply,{supervisor,restart_child,[a_sup,first]}}");
    // Of two versions, either may be the one that is called.
    expect(make(pool, other).warnings).toMatchObject([{ code: "children_unknown" }]);
    expect(make().warnings).toMatchObject([{ code: "children_unknown" }]);
  });

  test("whose start is not exported are warned of", async () => {
    const start = child("x", "a_one, begin_link, []");
    expect((await childCalls({ a_sup: supervisor("") }, { a_sup: supervisor(start) })).made.warnings).toEqual([
      {
        code: "start_undefined",
        module: "a_sup",
        message: "a_sup: its child x cannot be started in 2, since a_one:begin_link/0 is not exported",
      },
    ]);
    expect((await childCalls({ a_sup: supervisor(start) }, { a_sup: supervisor("") })).warnings).toEqual([]);
  });

  test("that cannot be told are warned of, and those that can be told are started", async () => {
    const { up, warnings } = await childCalls(
      { a_sup: supervisor("") },
      { a_sup: supervisor(`${child("x")}] ++ [element(1, Args)`) },
    );
    expect(up).toEqual(["supervisor,restart_child,[a_sup,x]"]);
    expect(warnings).toEqual(["children_unknown"]);
  });

  test("cannot be told from code with instructions of a later OTP", async () => {
    const modules = { a_app: APP, a_one: LIBRARY };
    using pair = await compilePair(
      vm,
      { ...modules, a_sup: supervisor("") },
      { ...modules, a_sup: supervisor(child("x")) },
    );
    const file = pair.dir.join("lib/a-2/ebin/a_sup.beam");
    const beam = openBeam(readFileSync(file));
    const code = beam.chunks.find(({ id }) => id === "Code");
    // Behind the size, and the header of that size.
    const bytes = Buffer.from(beam.bytes);
    const first = (code?.offset ?? 0) + 4 + bytes.readUInt32BE(code?.offset ?? 0);
    bytes[first] = 255;
    pair.dir.write("lib/a-2/ebin/a_sup.beam", bytes);
    const { up, warnings } = makeFor(pair);
    expect(shown({ up, down: [] }).up).toEqual(["{update,a_sup,supervisor}"]);
    expect(warnings.map(({ code: word }) => word)).toEqual(["children_unknown"]);
  });

  test("are started after what they call, before what calls them, and ended after that", async () => {
    const caller = (module: string): string => `-export([f/0]).\nf() -> ${module}:f().\n`;
    const from = { a_app: APP, a_one: LIBRARY, a_sup: supervisor(""), a_user: LIBRARY, a_base: LIBRARY };
    const to = {
      ...from,
      a_sup: supervisor(child("x", "a_new, start_link, []")),
      a_user: caller("a_new"),
      a_new: caller("a_base"),
      a_base: `-v(2).\n${LIBRARY}`,
    };
    const { up, down } = await appupBetween(vm, from, to);
    const [base, user, sup] = ["{load_module,a_base}", "{load_module,a_user}", "{update,a_sup,supervisor}"];
    expect(up.map((each) => each.replace("proc_lib,start,[supervisor,", ""))).toEqual([
      base,
      "{add_module,a_new}",
      sup,
      "{apply,{restart_child,[a_sup,x]]}}",
      user,
    ]);
    expect(down.map((each) => each.replace("proc_lib,start,[supervisor,", ""))).toEqual([
      user,
      sup,
      base,
      "{apply,{terminate_child,[a_sup,x]]}}",
      "{apply,{delete_child,[a_sup,x]]}}",
      "{delete_module,a_new}",
    ]);
  });

  test("of one module that move to another supervisor are ended before they are started there", async () => {
    const top = supervisor(
      [child("a_left", "a_left, start_link, []"), child("a_right", "a_right, start_link, []")].join(", "),
    );
    const moved = child("x", "a_one, start_link, []");
    const { up } = await childCalls(
      { a_sup: top, a_left: supervisor(moved), a_right: supervisor("") },
      { a_sup: top, a_left: supervisor(""), a_right: supervisor(moved) },
    );
    expect(up).toEqual([
      "supervisor,terminate_child,[a_left,x]",
      "supervisor,delete_child,[a_left,x]",
      "supervisor,restart_child,[a_right,x]",
    ]);
  });
});
