/**
 * Follows the code of a function from its first instruction to its last, and says what it calls and gives, with all that
 * is known of the values. Nothing is run, and every branch counts.
 *
 * A place that is reached by several ways knows what all of them know; one that is jumped back to knows nothing.
 */
import {
  type BeamFun,
  type BeamImport,
  type FunctionCode,
  type Instruction,
  OPCODE,
  type Operand,
} from "../../beam/index.ts";
import { list } from "../../term/index.ts";
import { moveValues } from "./moves.ts";
import { EXTERNAL_CALLS, LAST_CALLS, LOCAL_CALLS, numberOf, operandsOf } from "./operands.ts";
import { Registers } from "./registers.ts";
import { UNKNOWN, type Value, atomOf, entriesOf, ofTerm } from "./value.ts";

/** What a function does that can be told. */
export type CodeEvent =
  | {
      readonly kind: "external";
      readonly target: BeamImport;
      readonly args: readonly Value[];
      /** Whether nothing of this function comes after it. */
      readonly isTail: boolean;
      /** Whether an exception of it is caught here. */
      readonly isCaught: boolean;
    }
  | {
      readonly kind: "local";
      /** Where the function begins that is called. */
      readonly label: number;
      readonly args: readonly Value[];
      readonly isTail: boolean;
      readonly isCaught: boolean;
    }
  | { readonly kind: "fun"; readonly fun: BeamFun };

/** What the code of a function refers to. */
export interface CodeTables {
  readonly imports: readonly BeamImport[];
  readonly funs: readonly BeamFun[];
}

/** Says what a function does that is called with anything, in the order of its code. */
export function evaluateFunction(code: FunctionCode, tables: CodeTables): CodeEvent[] {
  const given = Array.from({ length: code.arity }, (_, index): Value => ({ kind: "argument", index }));
  const evaluation = new Evaluation(code, tables, given);
  evaluation.run();
  return evaluation.events;
}

/** Instructions that only look at their registers: tests, and choices. */
const isReading = (opcode: number): boolean =>
  (opcode >= 39 && opcode <= 60) || [114, 115, 121, 129, 131, 156, 157, OPCODE.is_tagged_tuple].includes(opcode);

/** Instructions whose last operand is where the result goes, all others being read: bifs, and operations on tuples. */
const LAST_IS_RESULT = new Set([9, 10, 11, 67, 124, 125, 152, 185]);

/** What ends the way that is followed. */
const ENDS = new Set<number>([72, 73, 74, 107, 108, 161, 180, OPCODE.wait, OPCODE.jump, 59, 60, 24]);

/** Calls of funs, and of functions whose names come from registers. */
const OTHER_CALLS = new Set<number>([OPCODE.call_fun, OPCODE.call_fun2, OPCODE.apply, OPCODE.apply_last]);

class Evaluation {
  readonly events: CodeEvent[] = [];
  readonly #code: FunctionCode;
  readonly #tables: CodeTables;
  readonly #waiting = new Map<number, Registers>();
  /** Where handlers begin, and what is jumped back to: nothing is known there. */
  readonly #blank: ReadonlySet<number>;
  /** `undefined` where the code that follows is not reached from above. */
  #now: Registers | undefined;

  constructor(code: FunctionCode, tables: CodeTables, args: readonly Value[]) {
    this.#code = code;
    this.#tables = tables;
    this.#now = new Registers(args);
    this.#blank = blankLabels(code);
  }

  run(): void {
    for (const instruction of this.#code.instructions) {
      if (instruction.opcode === OPCODE.label) this.#enter(instruction);
      else if (this.#now !== undefined) this.#step(instruction, this.#now);
    }
  }

  #enter({ operands }: Instruction): void {
    const [operand] = operands;
    const label = operand?.kind === "number" ? operand.value : -1;
    const waiting = this.#waiting.get(label);
    if (this.#now === undefined) this.#now = waiting;
    else if (waiting !== undefined) this.#now.merge(waiting);
    if (this.#blank.has(label)) {
      this.#now ??= new Registers();
      this.#now.forget();
    }
  }

  #step(instruction: Instruction, now: Registers): void {
    const { opcode, operands } = instruction;
    if (isCall(opcode)) return this.#call(instruction, now);
    this.#leave(operands, now);
    switch (opcode) {
      case OPCODE.return:
        this.#now = undefined;
        break;
      case OPCODE.catch:
      case OPCODE.try:
        if (operands[0]?.kind === "register") now.handlers.add(operands[0].index);
        break;
      case OPCODE.catch_end:
      case OPCODE.try_end:
      case OPCODE.try_case:
        if (operands[0]?.kind === "register") now.handlers.delete(operands[0].index);
        break;
      case OPCODE.trim:
        now.trim(operands[0]?.kind === "number" ? operands[0].value : 0);
        break;
      default:
        if (!isReading(opcode) && !this.#assign(instruction, now)) forgetRegisters(operands, now);
        if (ENDS.has(opcode)) this.#now = undefined;
    }
  }

  /** Every label among the operands is a place where the code may go on. */
  #leave(operands: readonly Operand[], now: Registers): void {
    for (const operand of operands) {
      if (operand.kind === "list") this.#leave(operand.operands, now);
      if (operand.kind !== "label" || operand.label === 0) continue;
      const waiting = this.#waiting.get(operand.label);
      if (waiting === undefined) this.#waiting.set(operand.label, now.copy());
      else waiting.merge(now);
    }
  }

  /** Does what an instruction does to values; false if it does something else. */
  #assign(instruction: Instruction, now: Registers): boolean {
    const { opcode, operands } = instruction;
    const [first, second, third, , fifth] = operands;
    const { funs } = this.#tables;
    const fun = opcode === OPCODE.make_fun3 ? funs[numberOf(first)] : undefined;
    if (fun !== undefined) this.events.push({ kind: "fun", fun });
    if (opcode === OPCODE.put_map_assoc) {
      const pairs = operandsOf(fifth).map((each) => now.read(each));
      now.write(third, putMap(now.read(second), pairs));
      return true;
    }
    if (moveValues(instruction, now, funs)) return true;
    if (opcode === OPCODE.init_yregs) for (const each of operandsOf(first)) now.write(each, ofTerm(list([])));
    else if (LAST_IS_RESULT.has(opcode)) now.write(operands.at(-1), UNKNOWN);
    else return false;
    return true;
  }

  #call({ opcode, operands }: Instruction, now: Registers): void {
    const isTail = LAST_CALLS.has(opcode);
    const [count, target] = operands;
    const args = now.arguments(count?.kind === "number" ? count.value : 0);
    const isCaught = now.handlers.size > 0;
    if (target?.kind === "label") {
      this.events.push({ kind: "local", label: target.label, args, isTail, isCaught });
    } else if (target?.kind === "number" && EXTERNAL_CALLS.has(opcode)) {
      const imported = this.#tables.imports[target.value];
      if (imported !== undefined) this.events.push({ kind: "external", target: imported, args, isTail, isCaught });
    }
    if (isTail) {
      this.#now = undefined;
    } else {
      now.afterCall(UNKNOWN);
    }
    if (opcode === OPCODE.apply_last) this.#now = undefined;
  }
}

function isCall(opcode: number): boolean {
  return EXTERNAL_CALLS.has(opcode) || LOCAL_CALLS.has(opcode) || OTHER_CALLS.has(opcode);
}

function blankLabels({ instructions }: FunctionCode): ReadonlySet<number> {
  const blank = new Set<number>();
  const passed = new Set<number>();
  for (const { opcode, operands } of instructions) {
    const [first, second] = operands;
    if (opcode === OPCODE.label && first?.kind === "number") passed.add(first.value);
    if ((opcode === OPCODE.try || opcode === OPCODE.catch) && second?.kind === "label") blank.add(second.label);
    if (isCall(opcode)) continue;
    for (const operand of operands) {
      for (const each of operand.kind === "list" ? operand.operands : [operand]) {
        if (each.kind === "label" && passed.has(each.label)) blank.add(each.label);
      }
    }
  }
  return blank;
}

function forgetRegisters(operands: readonly Operand[], now: Registers): void {
  for (const operand of operands) {
    if (operand.kind === "list") forgetRegisters(operand.operands, now);
    else now.write(operand, UNKNOWN);
  }
}

function putMap(source: Value, pairs: readonly Value[]): Value {
  const entries = entriesOf(source);
  if (entries === undefined) return UNKNOWN;
  const added = pairs.flatMap((key, at) => (at % 2 === 0 ? [[key, pairs[at + 1] ?? UNKNOWN] as const] : []));
  const names = new Set(added.map(([key]) => atomOf(key)));
  const kept = entries.filter(([key]) => !names.has(atomOf(key) ?? key.kind));
  return { kind: "map", entries: [...kept, ...added] };
}
