import { OPCODE, type Operand } from "../../beam/index.ts";

/** Calls of a function of another module, whose second operand is its number in the table of imports. */
export const EXTERNAL_CALLS = new Set<number>([OPCODE.call_ext, OPCODE.call_ext_last, OPCODE.call_ext_only]);
/** Calls of a function of this module, whose second operand is its label. */
export const LOCAL_CALLS = new Set<number>([OPCODE.call, OPCODE.call_last, OPCODE.call_only]);
/** Calls of a function by which this one ends. */
export const LAST_CALLS = new Set<number>([
  OPCODE.call_last,
  OPCODE.call_only,
  OPCODE.call_ext_last,
  OPCODE.call_ext_only,
]);

/** Where `bif` and `gc_bif` have the number of their function; its arguments follow, then the result. */
export const BIF_FUNCTION: Readonly<Record<number, number>> = { 9: 0, 10: 1, 11: 1, 124: 2, 125: 2, 152: 2, 185: 1 };

export function operandsOf(operand: Operand | undefined): readonly Operand[] {
  return operand?.kind === "list" ? operand.operands : [];
}

export function labelOf(operand: Operand | undefined): number {
  return operand?.kind === "label" ? operand.label : 0;
}

export function numberOf(operand: Operand | undefined): number {
  return operand?.kind === "number" ? operand.value : -1;
}
