/** What each instruction does to the registers, and where the code may go on. Numbers are those of `genop.tab`. */
import { type BeamFun, type BeamImport, type Instruction, OPCODE, type Operand } from "../../../beam/index.ts";
import { UNKNOWN, type Value, tupleOf } from "../value.ts";
import { withEntries } from "./compare.ts";
import type { Frame } from "./frame.ts";
import { headOf, tailOf } from "./pure-functions.ts";
import { type Decision, decide, isTest } from "./tests.ts";

/** What the code of a module refers to, and how calls are followed. */
export interface StepTools {
  readonly imports: readonly BeamImport[];
  readonly funs: readonly BeamFun[];
  readonly callLocal: (label: number, args: readonly Value[]) => readonly Value[];
  readonly callFun: (fun: Value, args: readonly Value[]) => readonly Value[];
  readonly callOutside: (module: string, name: string, args: readonly Value[]) => readonly Value[];
  /** What a function gives whose arguments are all it depends on. */
  readonly pure: (module: string, name: string, args: readonly Value[]) => Value | undefined;
}

export interface Branch {
  readonly frame: Frame;
  readonly label: number;
}

/** How it goes on after an instruction: it returns, it is not understood, or it is somewhere. */
export type Outcome =
  { readonly kind: "end"; readonly values: readonly Value[] } | { readonly kind: "give up" } | Continuation;

export interface Continuation {
  /** On, elsewhere, or nowhere, as an exception ends this way. */
  readonly kind: "next" | "jump" | "dead";
  readonly label: number;
  /** Other ways that begin here. */
  readonly branches: readonly Branch[];
  /** The same place with another result of the call. */
  readonly copies: readonly Frame[];
}

const NEXT: Continuation = { kind: "next", label: 0, branches: [], copies: [] };
const DEAD: Continuation = { ...NEXT, kind: "dead" };
const GIVE_UP: Outcome = { kind: "give up" };

/** `func_info`, `badmatch`, `if_end`, `case_end`, `try_case_end`, `raise`, `raw_raise`, `badrecord`. */
const EXCEPTIONS = new Set<number>([OPCODE.func_info, 72, 73, 74, 107, 108, 161, 180]);
/** Receiving: what comes is not known, nor whether it goes round in a circle. */
const RECEIVING = new Set<number>([OPCODE.loop_rec, 24, OPCODE.wait, OPCODE.wait_timeout]);
/** `allocate` in all its forms. */
const ALLOCATIONS = new Set([12, 13, 14, 15]);
/** Where the name of a function stands among the operands of `bif` and `gc_bif`; its arguments follow, then the result. */
const BIFS: Readonly<Record<number, number>> = { 9: 0, 10: 1, 11: 1, 124: 2, 125: 2, 152: 2, 185: 1 };
/** What leaves its result in the first register: `make_fun2`, `bs_init_writable`, `apply`, `build_stacktrace`. */
const LEAVES_RESULT = new Set<number>([103, 133, OPCODE.apply, 160]);
const CALLS_OUT = new Set<number>([OPCODE.call_ext, OPCODE.call_ext_last, OPCODE.call_ext_only]);
const TAIL_CALLS = new Set<number>([
  OPCODE.call_last,
  OPCODE.call_only,
  OPCODE.call_ext_last,
  OPCODE.call_ext_only,
  OPCODE.apply_last,
]);
/** Functions that never return. */
const RAISING = new Set(["erlang:error", "erlang:exit", "erlang:throw", "erlang:raise"]);

/** Takes one instruction. */
export function takeStep(instruction: Instruction, frame: Frame, tools: StepTools): Outcome {
  const { opcode, operands } = instruction;
  if (isTest(opcode)) return goOn(decide(instruction, frame));
  if (EXCEPTIONS.has(opcode)) return DEAD;
  if (RECEIVING.has(opcode)) return GIVE_UP;
  if (opcode in BIFS) return callBif(instruction, frame, tools);
  if (ALLOCATIONS.has(opcode)) {
    frame.allocate();
    return NEXT;
  }
  if (LEAVES_RESULT.has(opcode)) {
    frame.afterCall(UNKNOWN);
    return NEXT;
  }
  switch (opcode) {
    case OPCODE.return:
      return { kind: "end", values: [frame.x(0)] };
    case OPCODE.jump:
      return { ...NEXT, kind: "jump", label: labelOf(operands[0]) };
    case OPCODE.call:
    case OPCODE.call_last:
    case OPCODE.call_only:
    case OPCODE.call_ext:
    case OPCODE.call_ext_last:
    case OPCODE.call_ext_only:
    case OPCODE.call_fun:
    case OPCODE.call_fun2:
    case OPCODE.apply_last:
      return call(instruction, frame, tools);
    case OPCODE.catch:
    case OPCODE.try: {
      // Whatever is raised meets what is on the stack now.
      const handler = frame.copy();
      handler.afterCall(UNKNOWN);
      return { ...NEXT, branches: [{ frame: handler, label: labelOf(operands[1]) }] };
    }
    case OPCODE.trim:
      frame.trim(numberOf(operands[0]));
      return NEXT;
    default:
      return move(instruction, frame, tools) ? NEXT : forget(instruction, frame);
  }
}

/** Does what only moves values about; false if it is something else. */
function move({ opcode, operands }: Instruction, frame: Frame, { funs }: StepTools): boolean {
  const [first, second, third, fourth, fifth] = operands;
  switch (opcode) {
    case OPCODE.move:
      frame.write(second, frame.read(first));
      return true;
    case OPCODE.swap: {
      const [a, b] = [frame.read(first), frame.read(second)];
      frame.write(first, b);
      frame.write(second, a);
      return true;
    }
    case OPCODE.put_list:
      frame.write(third, { kind: "cons", head: frame.read(first), tail: frame.read(second) });
      return true;
    case OPCODE.put_tuple2:
      frame.write(first, { kind: "tuple", elements: operandsOf(second).map((each) => frame.read(each)) });
      return true;
    case OPCODE.make_fun3: {
      const fun = funs[numberOf(first)];
      const free = operandsOf(third).map((each) => frame.read(each));
      frame.write(second, fun === undefined ? UNKNOWN : { kind: "fun", fun, free });
      return true;
    }
    case OPCODE.put_map_assoc:
    case 155: // put_map_exact
      frame.write(third, withEntries(frame.read(second), pairsOf(fifth, frame)) ?? UNKNOWN);
      return true;
    case 66: // get_tuple_element
      frame.write(third, tupleOf(frame.read(first))?.[numberOf(second)] ?? UNKNOWN);
      return true;
    case 65: {
      // get_list
      const value = frame.read(first);
      frame.write(second, headOf(value) ?? UNKNOWN);
      frame.write(third, tailOf(value) ?? UNKNOWN);
      return true;
    }
    case 162: // get_hd
      frame.write(second, headOf(frame.read(first)) ?? UNKNOWN);
      return true;
    case 163: // get_tl
      frame.write(second, tailOf(frame.read(first)) ?? UNKNOWN);
      return true;
    case 181: // update_record
      frame.write(fourth, updateRecord(frame.read(third), operandsOf(fifth), frame));
      return true;
    default:
      return false;
  }
}

function updateRecord(record: Value, updates: readonly Operand[], frame: Frame): Value {
  const elements = tupleOf(record)?.slice();
  if (elements === undefined) return UNKNOWN;
  for (let at = 0; at + 1 < updates.length; at += 2) elements[numberOf(updates[at]) - 1] = frame.read(updates[at + 1]);
  return { kind: "tuple", elements };
}

function callBif({ opcode, operands }: Instruction, frame: Frame, tools: StepTools): Outcome {
  const nameAt = BIFS[opcode] ?? 0;
  const imported = tools.imports[numberOf(operands[nameAt])];
  const args = operands.slice(nameAt + 1, -1).map((each) => frame.read(each));
  const result = imported && tools.pure(imported.module, imported.name, args);
  const fail = nameAt === 0 ? 0 : labelOf(operands[0]);
  const branches = result === undefined && fail !== 0 ? [{ frame: frame.copy(), label: fail }] : [];
  frame.write(operands.at(-1), result ?? UNKNOWN);
  return { ...NEXT, branches };
}

function call({ opcode, operands }: Instruction, frame: Frame, tools: StepTools): Outcome {
  const [first, target, fun] = operands;
  const results = ((): readonly Value[] => {
    if (opcode === OPCODE.apply_last) return [UNKNOWN];
    // The fun stands behind its arguments, or is an operand.
    if (opcode === OPCODE.call_fun) return tools.callFun(frame.x(numberOf(first)), frame.arguments(numberOf(first)));
    if (opcode === OPCODE.call_fun2) return tools.callFun(frame.read(fun), frame.arguments(numberOf(target)));
    const args = frame.arguments(numberOf(first));
    if (!CALLS_OUT.has(opcode)) return tools.callLocal(labelOf(target), args);
    const imported = tools.imports[numberOf(target)];
    if (imported === undefined) return [UNKNOWN];
    if (RAISING.has(`${imported.module}:${imported.name}`)) return [];
    return tools.callOutside(imported.module, imported.name, args);
  })();
  if (TAIL_CALLS.has(opcode)) return { kind: "end", values: results };
  const [result, ...others] = results;
  if (result === undefined) return DEAD;
  const copies = others.map((other) => {
    const copy = frame.copy();
    copy.afterCall(other);
    return copy;
  });
  frame.afterCall(result);
  return { ...NEXT, copies };
}

/** All other instructions: their registers may hold anything afterwards, and every label is a way. */
function forget({ operands }: Instruction, frame: Frame): Outcome {
  const labels: number[] = [];
  const visit = (operand: Operand): void => {
    if (operand.kind === "list") operand.operands.forEach(visit);
    else if (operand.kind === "label" && operand.label !== 0) labels.push(operand.label);
    else frame.write(operand, UNKNOWN);
  };
  operands.forEach(visit);
  return { ...NEXT, branches: labels.map((label) => ({ frame: frame.copy(), label })) };
}

function goOn({ next, branches }: Decision): Outcome {
  if (next === "fall") return { ...NEXT, branches };
  return next === undefined ? { ...DEAD, branches } : { ...NEXT, kind: "jump", label: next, branches };
}

function pairsOf(operand: Operand | undefined, frame: Frame): (readonly [Value, Value])[] {
  const values = operandsOf(operand).map((each) => frame.read(each));
  return values.flatMap((key, at) => (at % 2 === 0 ? [[key, values[at + 1] ?? UNKNOWN] as const] : []));
}

function operandsOf(operand: Operand | undefined): readonly Operand[] {
  return operand?.kind === "list" ? operand.operands : [];
}

function labelOf(operand: Operand | undefined): number {
  return operand?.kind === "label" ? operand.label : 0;
}

function numberOf(operand: Operand | undefined): number {
  return operand?.kind === "number" ? operand.value : -1;
}
