/** Instructions that choose where the code goes on. */
import { type Instruction, OPCODE, type Operand } from "../../../beam/index.ts";
import { integerValue } from "../../../term/index.ts";
import { UNKNOWN, type Value, atomOf, termOf, tupleOf } from "../value.ts";
import { isSame, kindOf, mapEntry } from "./compare.ts";
import type { Frame } from "./frame.ts";
import type { Branch } from "./step.ts";

/** Where the code goes on: after the instruction, at a label, or nowhere; and where it may go on as well. */
export interface Decision {
  readonly next: "fall" | number | undefined;
  readonly branches: readonly Branch[];
}

/** The kinds of terms that each test of a kind lets through. */
const KINDS: Readonly<Record<number, readonly string[]>> = {
  45: ["integer"],
  46: ["float"],
  47: ["integer", "float"],
  48: ["atom"],
  49: ["pid"],
  50: ["reference"],
  51: ["port"],
  52: ["nil"],
  53: ["bitstring"],
  55: ["nil", "pair"],
  56: ["pair"],
  57: ["tuple"],
  77: ["fun"],
  115: ["fun"],
  129: ["bitstring"],
  156: ["map"],
};

/** `is_lt`, `is_ge`, `is_eq`, `is_ne`, `is_eq_exact`, `is_ne_exact`. */
const COMPARE = { lt: 39, ge: 40, eq: 41, ne: 42, eqExact: 43, neExact: 44 } as const;
const TEST_ARITY = 58;
const SELECT_TUPLE_ARITY = 60;
const IS_BOOLEAN = 114;
const HAS_MAP_FIELDS = 157;
const GET_MAP_ELEMENTS = 158;

const OTHERS = new Set<number>([
  ...Object.values(COMPARE),
  TEST_ARITY,
  OPCODE.select_val,
  SELECT_TUPLE_ARITY,
  IS_BOOLEAN,
  HAS_MAP_FIELDS,
  GET_MAP_ELEMENTS,
  OPCODE.is_tagged_tuple,
]);

/** Whether an instruction is one of these. */
export function isTest(opcode: number): boolean {
  return opcode in KINDS || OTHERS.has(opcode);
}

/** Decides a test as far as the values are known; what is known more on one of the ways is written there. */
export function decide(instruction: Instruction, frame: Frame): Decision {
  const { opcode, operands } = instruction;
  if (opcode === OPCODE.select_val) return selectValue(operands, frame);
  if (opcode === SELECT_TUPLE_ARITY) return selectArity(operands, frame);
  const [failOperand, ...rest] = operands;
  const fail = failOperand?.kind === "label" ? failOperand.label : 0;
  if (opcode === GET_MAP_ELEMENTS) return getMapElements(rest, fail, frame);
  const answer = test(opcode, rest, frame);
  if (answer !== undefined) return { next: answer ? "fall" : fail, branches: [] };
  const other = frame.copy();
  learn(opcode, rest, frame, other);
  return { next: "fall", branches: [{ frame: other, label: fail }] };
}

function test(opcode: number, [first, second, third]: readonly Operand[], frame: Frame): boolean | undefined {
  const value = frame.read(first);
  const kinds = KINDS[opcode];
  if (kinds !== undefined) {
    const kind = kindOf(value);
    return kind === undefined ? undefined : kinds.includes(kind);
  }
  switch (opcode) {
    case COMPARE.lt:
      return compareNumbers(value, frame.read(second), (a, b) => a < b);
    case COMPARE.ge:
      return compareNumbers(value, frame.read(second), (a, b) => a >= b);
    case COMPARE.eq:
      return isEqual(value, frame.read(second));
    case COMPARE.ne:
      return not(isEqual(value, frame.read(second)));
    case COMPARE.eqExact:
      return isSame(value, frame.read(second));
    case COMPARE.neExact:
      return not(isSame(value, frame.read(second)));
    case TEST_ARITY:
      return tupleOf(value) === undefined ? undefined : tupleOf(value)?.length === numberOf(second);
    case OPCODE.is_tagged_tuple:
      return isTagged(value, numberOf(second), frame.read(third));
    case IS_BOOLEAN:
      return kindOf(value) === undefined ? undefined : ["true", "false"].includes(atomOf(value) ?? "");
    case HAS_MAP_FIELDS:
      return hasKeys(
        value,
        operandsOf(second).map((each) => frame.read(each)),
      );
    default:
      return undefined;
  }
}

/** What is known on each of the two ways of a test that was not decided. */
function learn(opcode: number, [first, second]: readonly Operand[], passed: Frame, failed: Frame): void {
  const nil = opcode === 52 ? passed : undefined;
  nil?.write(first, { kind: "term", term: { kind: "list", elements: [], tail: undefined } });
  const same = opcode === COMPARE.eqExact ? passed : opcode === COMPARE.neExact ? failed : undefined;
  if (same === undefined) return;
  const [a, b] = [same.read(first), same.read(second)];
  if (termOf(b) !== undefined) same.write(first, b);
  else if (termOf(a) !== undefined) same.write(second, a);
}

/** `SOURCE, FAIL, [VALUE, LABEL, ...]` */
function selectValue([source, fail, choices]: readonly Operand[], frame: Frame): Decision {
  const value = frame.read(source);
  const branches: Branch[] = [];
  for (const [choice, label] of pairsOf(choices)) {
    const wanted = frame.read(choice);
    const same = isSame(value, wanted);
    if (same === true) return { next: label, branches };
    if (same === false) continue;
    const branch = frame.copy();
    branch.write(source, wanted);
    branches.push({ frame: branch, label });
  }
  return { next: fail?.kind === "label" ? fail.label : undefined, branches };
}

/** `SOURCE, FAIL, [ARITY, LABEL, ...]` */
function selectArity([source, fail, choices]: readonly Operand[], frame: Frame): Decision {
  const size = tupleOf(frame.read(source))?.length;
  const pairs = pairsOf(choices);
  const otherwise = fail?.kind === "label" ? fail.label : undefined;
  if (size === undefined) {
    return { next: otherwise, branches: pairs.map(([, label]) => ({ frame: frame.copy(), label })) };
  }
  return { next: pairs.find(([arity]) => numberOf(arity) === size)?.[1] ?? otherwise, branches: [] };
}

/** `SOURCE, [KEY, RESULT, ...]` */
function getMapElements([source, list]: readonly Operand[], fail: number, frame: Frame): Decision {
  const value = frame.read(source);
  const operands = operandsOf(list);
  const branches: Branch[] = [];
  const found = operands.flatMap((key, at) => {
    return at % 2 === 0 ? [[operands[at + 1], mapEntry(value, frame.read(key))] as const] : [];
  });
  if (found.some(([, entry]) => entry === undefined)) return { next: fail, branches };
  if (found.some(([, entry]) => entry === "unknown")) branches.push({ frame: frame.copy(), label: fail });
  for (const [result, entry] of found) {
    frame.write(result, entry === "unknown" || entry === undefined ? UNKNOWN : entry);
  }
  return { next: "fall", branches };
}

function hasKeys(value: Value, keys: readonly Value[]): boolean | undefined {
  const found = new Set(keys.map((key) => mapEntry(value, key)));
  if (found.has(undefined)) return false;
  return found.has("unknown") ? undefined : true;
}

function isTagged(value: Value, size: number, tag: Value): boolean | undefined {
  if (kindOf(value) === undefined) return undefined;
  const elements = tupleOf(value);
  const [first] = elements ?? [];
  if (elements?.length !== size || first === undefined) return false;
  return isSame(first, tag);
}

/** `==`: as `isSame`, but that numbers of two kinds may be equal. */
function isEqual(a: Value, b: Value): boolean | undefined {
  const same = isSame(a, b);
  return same === true || !mayHoldFloat(a, b) ? same : undefined;
}

function mayHoldFloat(...values: readonly Value[]): boolean {
  return values.some((value) => ["float", "tuple", "pair", "map"].includes(kindOf(value) ?? "float"));
}

function not(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value;
}

function compareNumbers(a: Value, b: Value, compare: (x: number, y: number) => boolean): boolean | undefined {
  const [x, y] = [integerValue(termOf(a)), integerValue(termOf(b))];
  return x === undefined || y === undefined ? undefined : compare(x, y);
}

function pairsOf(operand: Operand | undefined): (readonly [value: Operand, label: number])[] {
  const operands = operandsOf(operand);
  return operands.flatMap((each, at) => {
    const target = operands[at + 1];
    return at % 2 === 0 && target?.kind === "label" ? [[each, target.label] as const] : [];
  });
}

function operandsOf(operand: Operand | undefined): readonly Operand[] {
  return operand?.kind === "list" ? operand.operands : [];
}

function numberOf(operand: Operand | undefined): number {
  return operand?.kind === "number" ? operand.value : -1;
}
