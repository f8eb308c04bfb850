import { afterAll, describe, expect, test } from "bun:test";
import { encodeTerm, printTerm } from "../../../src/term/index.ts";
import { compilePattern, parsePattern } from "../../../src/trace/index.ts";
import { oracle, otpInstallations } from "../../support/otp.ts";
import { FACTS, compileCalls } from "./nodes.ts";

const vms = await Promise.all(otpInstallations().map((otp) => oracle(otp)));
afterAll(async () => {
  for (const each of vms) await each[Symbol.asyncDispose]();
});
const newest = vms.at(-1);

/** What stands in parentheses and behind it, and lists of arguments to try it with. Erlang reads both as the head of a fun. */
const CASES: readonly (readonly [args: string, guards: string, ...calls: string[]])[] = [
  ["", "", "[]"],
  ["_, _", "", "[1, 2]", "[1]"],
  ["X, X", "", "[a, a]", "[a, b]", "[1, 1.0]"],
  ["X, _Y", "", "[a, b]"],
  [
    "\"ab\", 'an atom', $c, -1, 16#ff, 1.5",
    "",
    "[\"ab\", 'an atom', 99, -1, 255, 1.5]",
    "[\"ab\", 'an atom', 99, -1, 255, 1]",
  ],
  ['"ab" ++ T', "length(T) > 1", '["abcd"]', '["abc"]', '["ab"]', "[x]"],
  ['"" ++ A, "xy" ++ "z"', "", '[1, "xyz"]', '[1, "xy"]'],
  ["[A, B | C], {D, {A, _}}", "", "[[1, 2, 3], {4, {1, 5}}]", "[[1, 2], {4, {1, 5}}]", "[[1, 2], {4, {2, 5}}]"],
  ["[C | {D}]", "is_atom(C)", "[[a | {1}]]", "[[a]]"],
  ['<<"abc">>, <<1, 2:8>>', "", '[<<"abc">>, <<1, 2>>]', '[<<"abd">>, <<1, 2>>]'],
  [
    "#{a := X, 1 := {X, _}}",
    "",
    "[#{a => 1, 1 => {1, 2}, more => x}]",
    "[#{a => 1, 1 => {2, 2}}]",
    "[#{a => 1}]",
    "[x]",
  ],
  ["A, B", "A == B", "[1, 1.0]", "[1, 2]"],
  ["A, B", "A =:= B", "[1, 1.0]", "[1, 1]"],
  ["A, B", "A /= B, A =/= B, A < B, A =< B", "[1, 2]", "[2, 1]"],
  ["A, B", "A > B; A >= 7; A == x", "[2, 1]", "[8, 9]", "[x, 9]", "[1, 2]"],
  ["A", "hd(A) == 1; A == x", "[[1]]", "[x]", "[y]"],
  ["A, B", "is_integer(A) andalso A > 1 orelse B", "[2, false]", "[1, true]", "[1, false]", "[a, true]"],
  ["A, B", "A and B or not A xor B", "[true, true]", "[true, false]", "[false, false]", "[1, 2]"],
  ["A, B", "A + B * 2 - 1 == 6", "[1, 3]", "[2, 3]"],
  ["A, B", "(A + B) * 2 rem 5 =:= A bor B band 7 bxor 1", "[1, 2]", "[4, 2]", "[0, 1]"],
  ["A", "A div 2 == 3, A bsl 1 > 13, A bsr 1 == 3, bnot A < 0, -A < 0, +A > 0", "[7]", "[6]"],
  ["A, B", "A / B == 2.0", "[4, 2]", "[4, 0]"],
  ["A", "abs(A) == 1, round(A) == -1, trunc(A) == -1, float(A) == -1.0", "[-1]", "[2]"],
  ["A, B", "element(B, A) == x, size(A) == 2", "[{y, x}, 2]", "[{y, x}, 1]", "[{y, x}, 3]"],
  ["A", "tl(A) == [2], length(A) == 2", "[[1, 2]]", "[[1]]"],
  ["A, B", "map_size(A) == 1, is_map_key(B, A), map_get(B, A) == 1", "[#{b => 1}, b]", "[#{b => 2}, b]", "[#{}, b]"],
  [
    "A",
    'bit_size(A) == 16, byte_size(A) == 2, binary_part(A, 0, 1) == <<"a">>, binary_part(A, {1, 1}) == <<"b">>',
    '[<<"ab">>]',
    '[<<"ba">>]',
  ],
  ["A, B", "node(A) == B, self() =/= A, node() == B", "[self(), node()]", "[self(), x]"],
  ["A", "not is_atom(A), not (is_list(A) or is_tuple(A))", "[1]", "[a]", "[[]]"],
  ["A", "is_binary(A); is_float(A); is_function(A); is_list(A)", "[<<>>]", "[1.0]", "[fun() -> 1 end]", "[1]"],
  [
    "A",
    "is_map(A); is_number(A); is_pid(A); is_port(A); is_reference(A)",
    "[#{}]",
    "[1]",
    "[self()]",
    "[make_ref()]",
    "[a]",
  ],
  ["A, B", "{A, [B]} == {1, [2]}, [A | B] == [1 | 2], #{x => A} == #{x => 1}", "[1, 2]", "[1, 3]"],
  ["A", "A == \"s\", A =/= '_x'", '["s"]', '["t"]'],
];

/** What dbg:fun2ms does not take. */
const BEYOND_FUN2MS: typeof CASES = [
  ["A, B", "is_record(A, rec, 2), B", "[{rec, 1}, true]", "[{rec, 1, 2}, true]", "[{rec, 1}, 1]"],
];

/** What older VMs do not have, nor dbg:fun2ms. */
const NEWER: typeof CASES = [
  ["A, B", "min(A, B) == 1, max(A, B) == 2", "[1, 2]", "[3, 1]"],
  ["A", "tuple_size(A) == 1; floor(A) == 1; ceil(A) == 3; is_boolean(A)", "[{1}]", "[1.5]", "[2.5]", "[true]", "[x]"],
  ["A", "is_bitstring(A); is_function(A, 0)", "[<<1:3>>]", "[fun() -> 1 end]", "[fun(_) -> 1 end]"],
];

for (const vm of vms) {
  const beyond = vm.otp.major >= 27 ? [...BEYOND_FUN2MS, ...NEWER] : BEYOND_FUN2MS;
  describe(`compilePattern() on OTP ${vm.otp.major}`, () => {
    test("makes the match specifications that dbg:fun2ms makes", async () => {
      for (const [args, guards] of CASES) {
        const head = guards === "" ? `([${args}])` : `([${args}]) when ${guards}`;
        const theirs = await vm.text(`dbg:fun2ms(fun${head} -> exception_trace() end)`);
        const spec = await vm.text("Input", encodeTerm(specOf(args, guards, "return")));
        expect({ head, spec }).toEqual({ head, spec: theirs });
      }
    });

    test("makes match specifications that match what Erlang's functions match", async () => {
      for (const [args, guards, ...calls] of [...CASES, ...beyond]) {
        const head = guards === "" ? `([${args}])` : `([${args}]) when ${guards}`;
        const spec = encodeTerm(specOf(args, guards));
        const both = `[{(fun${head} -> true; (_) -> false end)(Call), erlang:match_spec_test(Call, Input, trace)}
                      || Call <- [${calls.join(", ")}]]`;
        const results = await vm.text(both, spec);
        const expected = results.replaceAll(/\{(true|false),\{ok,(?:true|false),\[\],\[\]\}\}/g, "{$1,{ok,$1,[],[]}}");
        expect({ head, results }).toEqual({ head, results: expected });
      }
    });
  });
}

describe("compilePattern()", () => {
  test("takes what stands in place of module, function and arguments as redbug does", () => {
    const parts = (pattern: string) => {
      const { module, function: name, arity, scope } = compileCalls(pattern);
      return [module ?? "_", name ?? "_", arity ?? "_", scope];
    };
    expect(parts("m")).toEqual(["m", "_", "_", "local"]);
    expect(parts("'My Mod'")).toEqual(["My Mod", "_", "_", "local"]);
    expect(parts("m:f")).toEqual(["m", "f", "_", "local"]);
    expect(parts("m:f/2")).toEqual(["m", "f", 2, "local"]);
    expect(parts("m:f()")).toEqual(["m", "f", 0, "local"]);
    expect(parts("m:f(X, Y)")).toEqual(["m", "f", 2, "local"]);
    expect(parts("m:_")).toEqual(["m", "_", "_", "global"]);
    expect(parts("m:X(a)")).toEqual(["m", "_", 1, "global"]);
    expect(parts("_")).toEqual(["_", "_", "_", "global"]);
    expect(parts("_:handle_call/3")).toEqual(["_", "handle_call", 3, "local"]);
    expect(parts("erlang:send")).toEqual(["erlang", "send", "_", "local"]);
    expect(parts("self:element(is_integer, hd)")).toEqual(["self", "element", 2, "local"]);
    expect(compilePattern(parsePattern(" send "), FACTS)).toMatchObject({ kind: "messages", direction: "send" });
    expect(compilePattern(parsePattern("receive"), FACTS)).toMatchObject({ kind: "messages", direction: "receive" });
    expect(parts("send:now")).toEqual(["send", "now", "_", "local"]);
  });

  test("makes actions of match specifications, and counters, of actions", () => {
    const actions = (pattern: string) => {
      const { matchSpec, counters } = compileCalls(pattern);
      return [matchSpec === undefined ? undefined : printTerm(matchSpec), ...counters];
    };
    const stack = "{message,{current_stacktrace}}";
    expect(actions("m:f")).toEqual(["[{'_',[],[]}]"]);
    expect(actions("m:f/2 -> return")).toEqual(["[{'_',[],[{exception_trace}]}]"]);
    expect(actions("m:f->stack;return")).toEqual([`[{'_',[],[{exception_trace},${stack}]}]`]);
    expect(actions("m:f -> stack, time")).toEqual([`[{'_',[],[${stack}]}]`, "time"]);
    expect(actions("m:f -> time,count")).toEqual([undefined, "count", "time"]);
  });

  test("lays out records, with the module of the pattern where none is named", () => {
    expect(ours("mod#rec{second = X, third = {X}}", "")).toBe("[{[{rec,'_','$1',{'$1'}}],[],[]}]");
    expect(ours("#rec{first = 1}", "")).toBe("[{[{rec,1,'_','_'}],[],[]}]");
    for (const guard of ["is_record(mod#rec, X)", "is_record(X, mod#rec)", "is_record(X, rec)"]) {
      expect(ours("X", guard)).toBe("[{['$1'],[{is_record,'$1',rec,4}],[]}]");
    }
    expect(ours("X, Y", "X == #rec{first = a, third = Y, second = 2}")).toBe(
      "[{['$1','$2'],[{'==','$1',{{rec,a,2,'$2'}}}],[]}]",
    );
  });

  test("keeps the atoms that redbug hands on to the VM", () => {
    expect(ours("'_', X", "hd('$_') == X")).toBe("[{['_','$1'],[{'==',{hd,'$_'},'$1'}],[]}]");
  });

  test("joins lists in guards, as redbug does", () => {
    expect(ours("A", '[A, A] == [A] ++ [A], "ab" ++ A == A')).toBe(
      "[{['$1'],[{'==',['$1','$1'],['$1','$1']},{'==',[97,98|'$1'],'$1'}],[]}]",
    );
  });

  test("takes commas and semicolons in parentheses for andalso and orelse", () => {
    expect(ours("S", "((S == x); (S == y, true))")).toBe(
      "[{['$1'],[{'orelse',{'==','$1',x},{'andalso',{'==','$1',y},true}}],[]}]",
    );
  });

  test("makes pids of the node", async () => {
    const spec = encodeTerm(specOf("<0.0.0>", ""));
    expect(
      await newest?.text("{_, Yes, _, _} = erlang:match_spec_test([whereis(init)], Input, trace), Yes", spec),
    ).toBe("true");
  });
});

function specOf(args: string, guards: string, actions = "") {
  const { matchSpec } = compileCalls(`mod:f(${args})${guards && ` when ${guards}`}${actions && ` -> ${actions}`}`);
  if (matchSpec === undefined) throw new Error("no match specification");
  return matchSpec;
}

function ours(args: string, guards: string, actions = ""): string {
  return printTerm(specOf(args, guards, actions), { width: 0 });
}
