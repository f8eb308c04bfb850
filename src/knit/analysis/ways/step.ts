/** What each instruction does to the registers, and where the code may go on. Numbers are those of `genop.tab`. */
import { type BeamFun, type BeamImport, type Instruction, OPCODE, type Operand } from "../../../beam/index.ts";
import { BIF_FUNCTION, EXTERNAL_CALLS, LAST_CALLS, labelOf, numberOf } from "../operands.ts";
import { moveValues } from "../moves.ts";
import { UNKNOWN, type Value } from "../value.ts";
import type { Frame } from "./frame.ts";
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
/** What leaves its result in the first register: `make_fun2`, `bs_init_writable`, `apply`, `build_stacktrace`. */
const LEAVES_RESULT = new Set<number>([103, 133, OPCODE.apply, 160]);
/** Functions that never return. */
const RAISING = new Set(["erlang:error", "erlang:exit", "erlang:throw", "erlang:raise"]);

/** Takes one instruction. */
export function takeStep(instruction: Instruction, frame: Frame, tools: StepTools): Outcome {
  const { opcode, operands } = instruction;
  if (isTest(opcode)) return goOn(decide(instruction, frame));
  if (EXCEPTIONS.has(opcode)) return DEAD;
  if (RECEIVING.has(opcode)) return GIVE_UP;
  if (opcode in BIF_FUNCTION) return callBif(instruction, frame, tools);
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
      return moveValues(instruction, frame, tools.funs) ? NEXT : forget(instruction, frame);
  }
}

function callBif({ opcode, operands }: Instruction, frame: Frame, tools: StepTools): Outcome {
  const nameAt = BIF_FUNCTION[opcode] ?? 0;
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
    if (!EXTERNAL_CALLS.has(opcode)) return tools.callLocal(labelOf(target), args);
    const imported = tools.imports[numberOf(target)];
    if (imported === undefined) return [UNKNOWN];
    if (RAISING.has(`${imported.module}:${imported.name}`)) return [];
    return tools.callOutside(imported.module, imported.name, args);
  })();
  if (LAST_CALLS.has(opcode) || opcode === OPCODE.apply_last) return { kind: "end", values: results };
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
