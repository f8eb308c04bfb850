/** The chunk `Code`: the instructions of a module, function by function. */
import type { Term } from "../term/index.ts";
import { type BeamFile, mandatoryChunkReader } from "./beam-file.ts";
import type { ByteReader } from "./byte-reader.ts";
import { malformed } from "./errors.ts";
import { openLiterals } from "./literals.ts";
import { OPCODE, operandCount } from "./opcodes.ts";
import { type Operand, type OperandTables, readOperand } from "./operands.ts";

/** An instruction; `opcode` is one of `OPCODE`, or another. */
export interface Instruction {
  readonly opcode: number;
  readonly operands: readonly Operand[];
}

/** A function with its code, from the label where it begins on. */
export interface FunctionCode {
  readonly name: string;
  readonly arity: number;
  readonly label: number;
  readonly instructions: readonly Instruction[];
}

/**
 * Reads the code of all functions, in the order of the file.
 *
 * @throws EnitError `beam_malformed`, also for an instruction of an OTP that is later than all known ones.
 */
export function readFunctionCode(beam: BeamFile): FunctionCode[] {
  const reader = mandatoryChunkReader(beam, "Code");
  reader.skip(reader.uint32());
  const tables: OperandTables = { atoms: beam.atoms, literal: openLiterals(beam) };
  const functions: FunctionCode[] = [];
  let instructions: Instruction[] = [];
  for (;;) {
    const instruction = readInstruction(reader, tables);
    if (instruction.opcode === OPCODE.int_code_end) return functions;
    if (instruction.opcode === OPCODE.func_info) {
      // What stands before it since the last function is its own label and line.
      dropHead(instructions);
      instructions = [];
      functions.push(beginFunction(instruction, readInstruction(reader, tables), instructions, reader));
    } else {
      instructions.push(instruction);
    }
  }
}

function readInstruction(reader: ByteReader, tables: OperandTables): Instruction {
  const { offset } = reader;
  const opcode = reader.uint8();
  const count = operandCount(opcode);
  if (count === undefined) throw malformed(`instruction ${opcode} is not known`, offset);
  const operands: Operand[] = [];
  for (let i = 0; i < count; i++) operands.push(readOperand(reader, tables));
  return { opcode, operands };
}

function beginFunction(
  { operands }: Instruction,
  entry: Instruction,
  instructions: readonly Instruction[],
  reader: ByteReader,
): FunctionCode {
  const [, name, arity] = operands;
  const [label] = entry.operands;
  const nameTerm: Term | undefined = name?.kind === "value" ? name.term : undefined;
  const isHead = nameTerm?.kind === "atom" && arity?.kind === "number";
  if (!isHead || entry.opcode !== OPCODE.label || label?.kind !== "number") {
    throw malformed("a function does not begin as one", reader.offset);
  }
  return { name: nameTerm.name, arity: arity.value, label: label.value, instructions };
}

/** Takes the beginning of the next function away: a label, and what says which line it is. */
function dropHead(instructions: Instruction[]): void {
  const at = instructions.findLastIndex(({ opcode }) => opcode === OPCODE.label);
  if (at >= 0) instructions.length = at;
}
