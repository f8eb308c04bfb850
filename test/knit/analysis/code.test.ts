import { afterAll, beforeAll, expect, test } from "bun:test";
import { type CodeEvent, ModuleAnalysis, findFun, fingerprint, termOf } from "../../../src/knit/analysis/index.ts";
import { readApplicationCode } from "../../../src/knit/code/index.ts";
import { ModuleCode } from "../../../src/knit/code/module-code.ts";
import { printTerm } from "../../../src/term/index.ts";
import { type Oracle, oracle, systemOtp } from "../../support/otp.ts";
import { type TempDir, tempDir } from "../../support/temp-dir.ts";
import { writeErlangApplication } from "../erlang-application.ts";

const SHARED =
  "f(X) when X > 1 -> {g(X), m:h(X, [literal, 7])}; f(_) -> fun Loop(Y) -> [Loop(Z) || Z <- Y], Y end. g(X) -> X.";
const MODULES = {
  one: `-export([f/1]). ${SHARED}`,
  // The same function in other places of the tables and of the source.
  two: `-export([first/0, f/1]).\nfirst() -> {other, fun lists:map/2, "text", lists:seq(1, 2), fun(A, B) -> A + B end}.\n\n${SHARED}`,
  three: `-export([f/1]). ${SHARED.replace("literal, 7", "literal, 8")}`,
  four: `-export([f/1]). ${SHARED.replace("Y end", "{Y} end")}`,
  calls: `-export([f/2]).
    f(A, B) ->
      ets:insert(tab, {key, A}),
      X = try other:risky([B]) catch _:_ -> failed end,
      spawn(fun() -> X end),
      case A of
        one -> ets:insert(tab, one);
        _ -> gone
      end.`,
};

let vm: Oracle;
let dir: TempDir;
const analyses = new Map<string, ModuleAnalysis>();
beforeAll(async () => {
  vm = await oracle(systemOtp());
  dir = tempDir();
  const path = await writeErlangApplication(vm, dir, "a", { name: "a", vsn: "1", modules: MODULES });
  for (const module of readApplicationCode(path).modules.values())
    analyses.set(module.name, new ModuleAnalysis(module));
});
afterAll(async () => {
  dir[Symbol.dispose]();
  await vm[Symbol.asyncDispose]();
});

function analysisOf(name: string): ModuleAnalysis {
  const analysis = analyses.get(name);
  if (analysis === undefined) throw new Error(`no module ${name}`);
  return analysis;
}

function fingerprintOf(module: string): string {
  const analysis = analysisOf(module);
  const code = analysis.find("f", 1);
  if (code === undefined) throw new Error("no function f/1");
  return fingerprint(analysis, code);
}

test("fingerprint() is equal for the same code, wherever it stands, and for no other", () => {
  expect(fingerprintOf("two")).toBe(fingerprintOf("one"));
  for (const other of ["three", "four"]) expect(fingerprintOf(other)).not.toBe(fingerprintOf("one"));
});

test("the events of a function are its calls in their order, with what is known of their arguments", () => {
  const analysis = analysisOf("calls");
  const code = analysis.find("f", 2);
  const events = code === undefined ? [] : analysis.eventsOf(code);
  const shown = events.flatMap((event) => (event.kind === "external" ? [showCall(event)] : []));
  expect(shown).toEqual([
    "ets:insert(tab, ?)",
    "other:risky(?) caught",
    "erlang:spawn(fun)",
    "ets:insert(tab, one) last",
  ]);
});

function showCall({ target, args, isTail, isCaught }: Extract<CodeEvent, { kind: "external" }>): string {
  const values = args.map((arg) => {
    const term = termOf(arg);
    return term === undefined ? (findFun(arg) === undefined ? "?" : "fun") : printTerm(term);
  });
  return `${target.module}:${target.name}(${values.join(", ")})${isCaught ? " caught" : ""}${isTail ? " last" : ""}`;
}

test("of code with instructions that nobody knows yet nothing is told, but what the tables say", () => {
  const { module } = analysisOf("one");
  const bytes = Uint8Array.from(module.beam.bytes);
  const chunk = module.beam.chunks.find(({ id }) => id === "Code");
  if (chunk === undefined) throw new Error("no code");
  bytes[chunk.offset + chunk.size - 1] = 250;
  const analysis = new ModuleAnalysis(new ModuleCode("one", "one.beam", () => bytes));
  expect(analysis.functions).toEqual([]);
  expect(analysis.exports.has("f/1")).toBe(true);
});
