import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { failure } from "../../support/failure.ts";
import { type Oracle, oracle, systemOtp } from "../../support/otp.ts";
import { type Modules, appupBetween } from "./support.ts";

let vm: Oracle;
beforeAll(async () => {
  vm = await oracle(systemOtp());
});
afterAll(() => vm[Symbol.asyncDispose]());

const SERVER = `-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2, code_change/3, hello/0, hello/1]).
init(_) -> {ok, []}.
handle_call(_, _, S) -> {reply, S, S}.
handle_cast(_, S) -> {noreply, S}.
code_change(_, S, _) -> {ok, S}.
hello() -> ok.
hello(_) -> ok.\n`;
const SUPERVISOR = "-behaviour(supervisor).\n-export([init/1]).\ninit(_) -> {ok, {{one_for_one, 1, 5}, []}}.\n";
const LIBRARY = "-export([hello/0, hello/1]).\nhello() -> ok.\nhello(_) -> ok.\n";

/** The way up after attributes were put into modules; all of them are changed. */
async function withAttributes(attributes: Readonly<Record<string, string>>, more: Modules = {}) {
  const from = { a_lib: LIBRARY, a_server: SERVER, a_sup: SUPERVISOR };
  const to = Object.fromEntries(
    Object.entries(from).map(([name, source]) => [name, `-changed(yes).\n${attributes[name] ?? ""}${source}`]),
  );
  return appupBetween(vm, from, { ...to, ...more });
}

describe("the attribute", () => {
  test("knit_priority puts modules of a higher one first, those that call others included", async () => {
    const { up, down } = await withAttributes({
      a_sup: "-knit_priority(5).\n",
      a_server: "-knit_priority(-1).\n",
    });
    expect(up).toEqual(["{update,a_sup,supervisor}", "{load_module,a_lib}", "{update,a_server,{advanced,[]}}"]);
    expect(down).toEqual(up.toReversed());
    const caller = "-export([f/0]).\nf() -> a_low:f().\n";
    const from = { a_high: caller, a_low: LIBRARY };
    const to = { a_high: `-knit_priority(1).\n${caller}`, a_low: `-changed(yes).\n${LIBRARY}` };
    expect((await appupBetween(vm, from, to)).up).toEqual(["{load_module,a_high}", "{load_module,a_low}"]);
  });

  test("knit_extra is what code_change gets; a list of one element stands in a list", async () => {
    const extra = async (value: string): Promise<string | undefined> =>
      (await withAttributes({ a_server: `-knit_extra(${value}).\n` })).up.find((each) => each.includes("a_server"));
    expect(await extra("{a, <<1>>}")).toBe("{update,a_server,{advanced,{a,<<1>>}}}");
    expect(await extra("[a, b]")).toBe("{update,a_server,{advanced,[a,b]}}");
    expect(await extra("[[a]]")).toBe("{update,a_server,{advanced,[a]}}");
    expect(await extra("[]")).toBe("{update,a_server,{advanced,[]}}");
  });

  test("knit_extra is told to have no effect where nothing converts a state", async () => {
    const { warnings } = await withAttributes({ a_lib: "-knit_extra(a).\n" });
    expect(warnings).toEqual(["extra_unused a_lib"]);
  });

  test("knit_depends names modules of the same upgrade; others are left out, and said", async () => {
    const { up, down, warnings } = await withAttributes(
      {
        a_server: "-knit_depends([a_fresh, a_lib]).\n-knit_depends([[a_unknown]]).\n",
        a_lib: "-knit_depends(a_fresh).\n",
      },
      { a_fresh: LIBRARY },
    );
    expect(up).toEqual([
      "{add_module,a_fresh}",
      "{load_module,a_lib,[a_fresh]}",
      "{update,a_server,{advanced,[]},[a_fresh,a_lib]}",
      "{update,a_sup,supervisor}",
    ]);
    expect(down).toEqual([
      "{update,a_sup,supervisor}",
      "{update,a_server,{advanced,[]},[a_lib]}",
      "{load_module,a_lib}",
      "{delete_module,a_fresh}",
    ]);
    expect(warnings).toEqual(["depends_ignored a_server"]);
  });

  test("knit_timeout and knit_purge go into every form of instruction", async () => {
    const options = "-knit_timeout(500).\n-knit_purge({soft_purge, brutal_purge}).\n";
    const { up } = await withAttributes({ a_lib: options, a_server: options, a_sup: options });
    expect(up).toEqual([
      "{load_module,a_lib,soft_purge,brutal_purge,[]}",
      "{update,a_server,500,{advanced,[]},soft_purge,brutal_purge,[]}",
      "{update,a_sup,static,500,{advanced,[]},soft_purge,brutal_purge,[]}",
    ]);
    const infinite = await withAttributes({
      a_server: "-knit_timeout(infinity).\n",
      a_sup: "-knit_purge(soft_purge).\n",
      a_lib: "-knit_timeout(default).\n-knit_purge(brutal_purge).\n",
    });
    expect(infinite.up).toEqual([
      "{load_module,a_lib}",
      "{update,a_server,infinity,{advanced,[]},brutal_purge,brutal_purge,[]}",
      "{update,a_sup,static,default,{advanced,[]},soft_purge,soft_purge,[]}",
    ]);
  });

  test("knit_apply calls functions in its phases, those of a lower priority first", async () => {
    const { up, down } = await withAttributes(
      {
        a_lib: "-knit_apply({a_server, hello, []}).\n-knit_apply({{last, -1}, {lists, seq, [1, 2]}}).\n",
        a_server: "-knit_apply([{immediate, {a_lib, hello, [now]}}, {first, {a_lib, hello, []}}]).\n",
        a_fresh: "",
      },
      { a_fresh: `-knit_apply({{first, -5}, {a_fresh, hello, []}}).\n${LIBRARY}` },
    );
    expect(up).toEqual([
      "{add_module,a_fresh}",
      "{apply,{a_fresh,hello,[]}}",
      "{apply,{a_lib,hello,[]}}",
      "{load_module,a_lib}",
      "{update,a_server,{advanced,[]}}",
      "{apply,{a_lib,hello,[now]}}",
      "{update,a_sup,supervisor}",
      "{apply,{lists,seq,[1,2]}}",
      "{apply,{a_server,hello,[]}}",
    ]);
    expect(down.filter((each) => each.includes("apply"))).toEqual([]);
  });

  test("knit_apply_down calls functions on the way down, immediate ones before their module goes", async () => {
    const { up, down } = await withAttributes(
      { a_server: "-knit_apply_down([{immediate, {a_fresh, hello, []}}, {last, {a_lib, hello, []}}]).\n" },
      { a_fresh: `-knit_apply_down({first, {a_fresh, hello, [x]}}).\n${LIBRARY}` },
    );
    expect(up.filter((each) => each.includes("apply"))).toEqual([]);
    expect(down).toEqual([
      "{apply,{a_fresh,hello,[x]}}",
      "{update,a_sup,supervisor}",
      "{apply,{a_fresh,hello,[]}}",
      "{update,a_server,{advanced,[]}}",
      "{load_module,a_lib}",
      "{apply,{a_lib,hello,[]}}",
      "{delete_module,a_fresh}",
    ]);
  });

  const WRONG: readonly (readonly [attribute: string, shown: string])[] = [
    ["knit_priority(high)", "high"],
    ["knit_priority([1, 2])", "[1,2]"],
    ["knit_depends(1)", "1"],
    ["knit_depends([[a_lib, {b}]])", "[a_lib,{b}]"],
    ["knit_timeout(0)", "0"],
    ["knit_timeout(never)", "never"],
    ["knit_purge(hard)", "hard"],
    ["knit_purge({soft_purge, hard})", "{soft_purge,hard}"],
    ["knit_apply({a_lib, hello})", "{a_lib,hello}"],
    ["knit_apply({middle, {a_lib, hello, []}})", "{middle,{a_lib,hello,[]}}"],
    ["knit_apply({{first, high}, {a_lib, hello, []}})", "{{first,high},{a_lib,hello,[]}}"],
    ["knit_apply({first, {a_lib, hello, 1}})", "{first,{a_lib,hello,1}}"],
    ["knit_apply({first, {a_lib, bye, []}})", "{first,{a_lib,bye,[]}}"],
    ["knit_apply({a_lib, hello, [1, 2]})", "{last,{a_lib,hello,[1,2]}}"],
    ["knit_apply_down({a_server})", "{a_server}"],
  ];
  test.each(WRONG)("-%s is refused with module and value", async (attribute, value) => {
    const error = await failure(withAttributes({ a_server: `-${attribute}.\n` }));
    expect(error).toMatchObject({
      code: "attribute_invalid",
      kind: "input",
      data: { module: "a_server", attribute: attribute.replace(/\(.*/, ""), value },
    });
    expect(error.message).toContain(`of the module "a_server": ${value} `);
  });
});
