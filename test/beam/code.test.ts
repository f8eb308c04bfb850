import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import {
  type BeamFun,
  type Instruction,
  OPCODE,
  type Operand,
  openBeam,
  readFunctionCode,
  readFuns,
  readImportTable,
} from "../../src/beam/index.ts";
import {
  type Term,
  atom,
  decodeTerm,
  equalTerms,
  integer,
  list,
  listElements,
  nil,
  printTerm,
  tuple,
} from "../../src/term/index.ts";
import { oracle, otpInstallations } from "../support/otp.ts";

/** What `beam_disasm` says of the modules of stdlib: functions, and those of their instructions that `simplify` knows. */
const SURVEY = `
  Register = fun({tr, R, _}) -> R; (R) -> R end,
  Operand = fun Self({list, L}) -> [Self(E) || E <- L]; Self({literal, T}) -> {value, T}; Self({atom, A}) -> {value, A};
                Self({integer, I}) -> {value, I}; Self(nil) -> {value, []}; Self({float, F}) -> {value, F};
                Self({f, L}) -> {label, L}; Self(N) when is_integer(N) -> N; Self(R) -> Register(R) end,
  Simplify = fun
    ({label, L}) -> [{label, L}];
    (return) -> [return];
    (timeout) -> [timeout];
    ({move, S, D}) -> [{move, Operand(S), Operand(D)}];
    ({put_tuple2, D, L}) -> [{put_tuple2, Operand(D), Operand(L)}];
    ({put_list, H, T, D}) -> [{put_list, Operand(H), Operand(T), Operand(D)}];
    ({wait, L}) -> [{wait, Operand(L)}];
    ({call_ext, _, {extfunc, M, F, A}}) -> [{call_ext, M, F, A}];
    ({call_ext_only, _, {extfunc, M, F, A}}) -> [{call_ext_only, M, F, A}];
    ({call_ext_last, _, {extfunc, M, F, A}, _}) -> [{call_ext_last, M, F, A}];
    ({test, is_tagged_tuple, L, [R, N, A]}) -> [{is_tagged_tuple, Operand(L), Operand(R), N, Operand(A)}];
    ({make_fun3, {_, F, A}, _, _, D, Env}) -> [{make_fun3, F, A, Operand(D), Operand(Env)}];
    (_) -> []
  end,
  [begin
     {beam_file, _, _, _, _, Functions} = beam_disasm:file(File),
     {list_to_binary(File), [{N, A, E, lists:flatmap(Simplify, tl(lists:dropwhile(fun(I) -> I =/= {label, E} end, Code)))}
                             || {function, N, A, E, Code} <- Functions]}
   end || File <- filelib:wildcard(code:lib_dir(stdlib) ++ "/ebin/[a-d]*.beam")]`;

for (const otp of otpInstallations()) {
  test(`the code of modules of OTP ${otp.major} reads as beam_disasm reads it`, { timeout: 60_000 }, async () => {
    await using erl = await oracle(otp);
    const survey = listElements(decodeTerm(await erl.evaluate(SURVEY))) ?? [];
    expect(survey.length).toBeGreaterThan(5);
    for (const each of survey) {
      const [file, functions] = each.kind === "tuple" ? each.elements : [];
      if (file?.kind !== "bitstring") throw new Error("no file");
      const path = new TextDecoder().decode(file.bytes);
      for (const [at, expected] of (listElements(functions) ?? []).entries()) {
        const ours = functionsOf(path)[at] ?? nil;
        if (!equalTerms(ours, expected)) expect(`${path}\n${shown(ours)}`).toBe(`${path}\n${shown(expected)}`);
      }
      expect(functionsOf(path).length).toBe(listElements(functions)?.length ?? -1);
    }
  });
}

test("integers of every size are exact", async () => {
  const [otp] = otpInstallations();
  if (otp === undefined) throw new Error("no OTP");
  await using erl = await oracle(otp);
  const numbers = [0, 15, 16, 2047, 2048, -1, -128, -129, 2 ** 31, -(2 ** 53)].map(BigInt);
  const all = [...numbers, 2n ** 63n, -(2n ** 100n), 2n ** 64n + 1n];
  const clauses = all.map((number, at) => `f(X) when X =:= ${number} -> {${at}};`).join(" ");
  const source = `-module(numbers). -export([f/1]). ${clauses} f(_) -> no.`;
  const bytes = await erl.bytes(COMPILE, source);
  const found = readFunctionCode(openBeam(bytes)).flatMap(({ instructions }) => instructions.flatMap(numbersIn));
  for (const number of all) expect(found).toContain(number);
});

const COMPILE = `
  {ok, Tokens, _} = erl_scan:string(binary_to_list(Bytes)),
  Split = fun Self([], [], Forms) -> lists:reverse(Forms);
              Self([{dot, _} = Dot | T], Form, Forms) -> Self(T, [], [lists:reverse([Dot | Form]) | Forms]);
              Self([H | T], Form, Forms) -> Self(T, [H | Form], Forms) end,
  {ok, _, Beam} = compile:forms([begin {ok, F} = erl_parse:parse_form(Each), F end || Each <- Split(Tokens, [], [])], []),
  Beam`;

function numbersIn({ operands }: Instruction): bigint[] {
  const within = (operand: Operand): bigint[] => {
    if (operand.kind === "list") return operand.operands.flatMap(within);
    return operand.kind === "value" && operand.term.kind === "integer" ? [operand.term.value] : [];
  };
  return operands.flatMap(within);
}

const cache = new Map<string, Term[]>();

function functionsOf(path: string): Term[] {
  const known = cache.get(path);
  if (known !== undefined) return known;
  const beam = openBeam(readFileSync(path));
  const [imports, funs] = [readImportTable(beam), readFuns(beam)];
  const terms = readFunctionCode(beam).map(({ name, arity, label, instructions }) =>
    tuple(
      atom(name),
      integer(arity),
      integer(label),
      list(instructions.flatMap((each) => simplify(each, imports, funs) ?? [])),
    ),
  );
  cache.set(path, terms);
  return terms;
}

function simplify(
  { opcode, operands }: Instruction,
  imports: ReturnType<typeof readImportTable>,
  funs: readonly BeamFun[],
): Term | undefined {
  const operand = (at: number): Term => toTerm(operands[at]);
  const external = (word: string): Term => {
    const { module = "", name = "", arity = -1 } = imports[numberOf(operands[1])] ?? {};
    return tuple(atom(word), atom(module), atom(name), integer(arity));
  };
  switch (opcode) {
    case OPCODE.label:
      return tuple(atom("label"), operand(0));
    case OPCODE.return:
      return atom("return");
    case OPCODE.timeout:
      return atom("timeout");
    case OPCODE.move:
      return tuple(atom("move"), operand(0), operand(1));
    case OPCODE.put_tuple2:
      return tuple(atom("put_tuple2"), operand(0), operand(1));
    case OPCODE.put_list:
      return tuple(atom("put_list"), operand(0), operand(1), operand(2));
    case OPCODE.wait:
      return tuple(atom("wait"), operand(0));
    case OPCODE.call_ext:
      return external("call_ext");
    case OPCODE.call_ext_only:
      return external("call_ext_only");
    case OPCODE.call_ext_last:
      return external("call_ext_last");
    case OPCODE.is_tagged_tuple:
      return tuple(atom("is_tagged_tuple"), operand(0), operand(1), operand(2), operand(3));
    case OPCODE.make_fun3: {
      const { name = "", arity = -1 } = funs[numberOf(operands[0])] ?? {};
      return tuple(atom("make_fun3"), atom(name), integer(arity), operand(1), operand(2));
    }
    default:
      return undefined;
  }
}

function numberOf(operand: Operand | undefined): number {
  if (operand?.kind !== "number") throw new Error(`no number: ${operand?.kind}`);
  return operand.value;
}

function toTerm(operand: Operand | undefined): Term {
  switch (operand?.kind) {
    case "number":
      return integer(operand.value);
    case "value":
      return tuple(atom("value"), operand.term);
    case "register":
      return tuple(atom(operand.file === "fp" ? "fr" : operand.file), integer(operand.index));
    case "label":
      return tuple(atom("label"), integer(operand.label));
    case "list":
      return list(operand.operands.map(toTerm));
    case undefined:
      throw new Error("no operand");
  }
}

const shown = (term: Term): string => printTerm(term, { format: "tp" });
