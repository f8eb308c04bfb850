import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Explorer, ModuleAnalysis, type OutsideCall, termOf } from "../../../src/knit/analysis/index.ts";
import { readApplicationCode } from "../../../src/knit/code/index.ts";
import { type Term, decodeTerm, equalTerms, printTerm } from "../../../src/term/index.ts";
import { type Oracle, oracle, otpInstallations } from "../../support/otp.ts";
import { type TempDir, tempDir } from "../../support/temp-dir.ts";
import { writeErlangApplication } from "../erlang-application.ts";

/** Functions without arguments whose result depends on nothing else: what is told of them must be what they give. */
const SAME = {
  literal: "{ok, {{one_for_one, 5, 10}, [{a, {a, start_link, []}, permanent, 5000, worker, [a]}]}}",
  helper: '{ok, [spec(a, 1), spec({b, 2}, <<"x">>), spec("c", 1.5)]}',
  comprehension: "[spec({pool, N}, N * 2) || N <- lists:seq(1, 5), N =/= 3]",
  nested: "[{X, Y} || X <- [a, b], Y <- [1, 2, 3]]",
  appended: "[a | [b] ++ lists:append([[c], [], [d]])] ++ lists:append([e], [f])",
  mapped: "lists:map(fun(N) -> {N, {fixed, id(x)}} end, [1, 2]) ++ lists:flatmap(fun(A) -> [A, A] end, [p, q])",
  exported: "lists:map(fun ?MODULE:id/1, [1, {2}])",
  filtered: "lists:reverse(lists:filter(fun(X) -> X =/= b end, [a, b, c]))",
  folded: "lists:foldl(fun(X, Acc) -> [X | Acc] end, [], [1, 2, 3])",
  flattened: "lists:flatten([a, [b, [c, []]], [[[d]]]])",
  maps: "(maps:merge(#{a => 1, b => 2}, #{b => id(3)}))#{c => maps:get(a, #{a => 4}), d => maps:get(z, #{}, none)}",
  updated: "M = id(#{a => 1, b => 2}), #{a := A} = M, {A, M#{b := 5}}",
  records: "R = #r{a = id(1), b = id(2)}, S = R#r{b = 7}, {R, S#r.a, S#r.b}",
  cases: "case id({b, 2}) of {a, _} -> wrong; {b, N} when N > 5 -> wrong; {b, N} when is_integer(N) -> {right, N} end",
  sizes: "case id({1, 2, 3}) of {_} -> one; {_, _} -> two; {A, _, _} when A =:= 1, tuple_size({A}) =:= 1 -> three end",
  choices: '[choose(X) || X <- [a, 1, "s", {t}, #{}, [], 2.0, <<1>>]]',
  binaries: "<<A:8, _/binary>> = id(<<1, 2>>), A",
  deep: "lists:foldr(fun(X, Acc) -> #{X => Acc} end, [], lists:seq(1, 30))",
  names: '[list_to_atom("worker_" ++ integer_to_list(N)) || N <- [1, 2]]',
  caught: "try id({ok, 1}) of {ok, X} -> X catch _:_ -> 1 end",
  local: "F = fun(A, B) -> {A, B} end, F(1, id(2))",
  elements: "{element(2, {a, id(b)}), hd([c]), tl([c, d]), length([x, y])}",
} as const;

/** Functions of one argument that is not known: all that they may give must be among what is told. */
const SEVERAL: Readonly<Record<string, readonly [code: string, given: readonly string[], told: readonly string[]]>> = {
  conditional: [
    "Extra = case X of {ok, true} -> [b]; _ -> [] end, [a | Extra]",
    ["{ok, true}", "undefined"],
    ["[a,b]", "[a]"],
  ],
  selected: [
    "case X of one -> {1, X}; two -> {2, X}; _ -> other end",
    ["one", "two", "3"],
    ["{1,one}", "{2,two}", "other"],
  ],
  raising: ["case X of true -> error(no); false -> [a] end", ["false"], ["[a]"]],
  trying: ["try [X:f()] of R -> R catch _:_ -> failed end", ["nothing"], ["failed"]],
  fetched: ["#{k := V} = maps:merge(#{k => a}, X), V", ["#{}"], []],
};

for (const otp of otpInstallations()) {
  describe(`Explorer, of what OTP ${otp.major} compiled,`, () => {
    let vm: Oracle;
    let dir: TempDir;
    let analysis: ModuleAnalysis;
    beforeAll(async () => {
      vm = await oracle(otp);
      dir = tempDir();
      const several = Object.entries(SEVERAL).map(([name, [code]]) => `several_${name}(X) -> ${code}.`);
      const source = [
        "-compile([export_all, nowarn_export_all]).",
        "-record(r, {a, b}).",
        ...Object.entries(SAME).map(([name, code]) => `same_${name}() -> ${code}.`),
        ...several,
        "id(X) -> X.",
        "spec(Id, Arg) -> #{id => Id, start => {m, start_link, [Arg, self_name()]}}.",
        "self_name() -> ?MODULE.",
        "choose(X) when is_atom(X) -> atom; choose(X) when is_integer(X) -> integer; choose([_ | _]) -> list;",
        "choose(X) when is_tuple(X) -> tuple; choose(X) when is_map(X) -> map; choose([]) -> nil;",
        "choose(X) when is_float(X) -> float; choose(_) -> other.",
        "endless(X) -> [X | endless([X])].",
        "around(X) -> case other:f(X) of true -> around(X); false -> done end.",
        "waiting() -> receive X -> X end.",
        "calling(X) -> supervisor:start_link({local, id(n)}, ?MODULE, [X, id(1)]).",
      ].join("\n");
      const path = await writeErlangApplication(vm, dir, "a", {
        name: "a",
        vsn: "1",
        modules: { a_ways: source },
      });
      const module = readApplicationCode(path).modules.get("a_ways");
      if (module === undefined) throw new Error("it was not compiled");
      analysis = new ModuleAnalysis(module);
      await vm.evaluate(`code:add_patha("${path}/ebin")`);
    });
    afterAll(async () => {
      await vm[Symbol.asyncDispose]();
      dir[Symbol.dispose]();
    });

    const explore = (
      name: string,
      arity: number,
      onCall?: (call: OutsideCall) => void,
    ): readonly (Term | undefined)[] => {
      const code = analysis.find(name, arity);
      if (code === undefined) throw new Error(`there is no ${name}`);
      const explorer = new Explorer({ findModule: () => undefined, ...(onCall && { onCall }) });
      const args = Array.from({ length: arity }, () => ({ kind: "unknown" }) as const);
      return explorer.resultsOf(analysis, code, args).map(termOf);
    };
    const isAmong = (term: Term, told: readonly (Term | undefined)[]): boolean =>
      told.some((each) => each !== undefined && equalTerms(each, term));

    test("tells what functions give that depend on nothing else", async () => {
      const wrong: string[] = [];
      for (const name of Object.keys(SAME)) {
        const expected = decodeTerm(await vm.evaluate(`a_ways:same_${name}()`));
        const told = explore(`same_${name}`, 0);
        // What becomes of bytes is left open, and whether something is raised.
        const isOpen = ["binaries", "caught"].includes(name) && told.includes(undefined);
        if (!isOpen && (!isAmong(expected, told) || told.length > 1))
          wrong.push(`${name}: ${told.map(shown).join(" | ")}`);
      }
      expect(wrong).toEqual([]);
    });

    test("tells all that functions may give that depend on something unknown", async () => {
      for (const [name, [, given, told]] of Object.entries(SEVERAL)) {
        const results = explore(`several_${name}`, 1);
        for (const arg of given) {
          const result = decodeTerm(await vm.evaluate(`a_ways:several_${name}(${arg})`));
          expect([name, isAmong(result, results) || results.includes(undefined)]).toEqual([name, true]);
        }
        expect(results.map(shown)).toEqual(expect.arrayContaining([...told]) as string[]);
      }
    });

    test("gives up on what has no end, and on what is received", () => {
      expect(explore("endless", 1).map(shown)).toEqual(["?"]);
      expect(explore("around", 1).map(shown)).toEqual(["?", "done"]);
      expect(explore("waiting", 0).map(shown)).toEqual(["?"]);
    });

    test("tells of calls of other modules what is known of their arguments", () => {
      const calls: string[][] = [];
      explore("calling", 1, ({ module, name, args }) => {
        calls.push([module, name, ...args.map((each) => shown(termOf(each)))]);
      });
      expect(calls).toEqual([["supervisor", "start_link", "{local,n}", "a_ways", "?"]]);
    });
  });
}

function shown(term: Term | undefined): string {
  return term === undefined ? "?" : printTerm(term, { format: "tw" });
}
