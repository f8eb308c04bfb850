import { type BeamFun, type Instruction, OPCODE, type Operand } from "../../beam/index.ts";
import { numberOf, operandsOf } from "./operands.ts";
import { UNKNOWN, type Value, headOf, tailOf, tupleOf } from "./value.ts";
import { withEntries } from "./ways/compare.ts";

/** Registers, whatever else is known of a place in the code. */
interface Holder {
  readonly read: (operand: Operand | undefined) => Value;
  readonly write: (operand: Operand | undefined, value: Value) => void;
}

/** Does what only moves values about; false if it is something else. */
export function moveValues({ opcode, operands }: Instruction, frame: Holder, funs: readonly BeamFun[]): boolean {
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
    case OPCODE.put_map_exact:
      frame.write(third, withEntries(frame.read(second), pairsOf(fifth, frame)) ?? UNKNOWN);
      return true;
    case OPCODE.get_tuple_element:
      frame.write(third, tupleOf(frame.read(first))?.[numberOf(second)] ?? UNKNOWN);
      return true;
    case OPCODE.get_list: {
      const value = frame.read(first);
      frame.write(second, headOf(value) ?? UNKNOWN);
      frame.write(third, tailOf(value) ?? UNKNOWN);
      return true;
    }
    case OPCODE.get_hd:
      frame.write(second, headOf(frame.read(first)) ?? UNKNOWN);
      return true;
    case OPCODE.get_tl:
      frame.write(second, tailOf(frame.read(first)) ?? UNKNOWN);
      return true;
    case OPCODE.update_record:
      frame.write(fourth, updateRecord(frame.read(third), operandsOf(fifth), frame));
      return true;
    default:
      return false;
  }
}

function updateRecord(record: Value, updates: readonly Operand[], frame: Holder): Value {
  const elements = tupleOf(record)?.slice();
  if (elements === undefined) return UNKNOWN;
  for (let at = 0; at + 1 < updates.length; at += 2) elements[numberOf(updates[at]) - 1] = frame.read(updates[at + 1]);
  return { kind: "tuple", elements };
}

function pairsOf(operand: Operand | undefined, frame: Holder): (readonly [Value, Value])[] {
  const values = operandsOf(operand).map((each) => frame.read(each));
  return values.flatMap((key, at) => (at % 2 === 0 ? [[key, values[at + 1] ?? UNKNOWN] as const] : []));
}
