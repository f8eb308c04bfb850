/**
 * The operands of instructions: compact terms (`compact.ts`), and the extended ones, which are followed by others.
 *
 * Source: `encode_arg/2` of compiler's `beam_asm`. The extended ones of today are 1 (a list), 2 (a floating point register),
 * 3 (what an allocation is for), 4 (a literal) and 5 (a register with a type).
 */
import { type Term, atom, integer, nil } from "../term/index.ts";
import type { AtomTable } from "./atom-table.ts";
import type { ByteReader } from "./byte-reader.ts";
import { COMPACT_TAG, readCompact } from "./compact.ts";
import { malformed } from "./errors.ts";

/** An operand of an instruction. */
export type Operand =
  /** A count, an index into a table, a size. */
  | { readonly kind: "number"; readonly value: number }
  /** An atom, an integer, `[]`, a character or a literal. */
  | { readonly kind: "value"; readonly term: Term }
  | { readonly kind: "register"; readonly file: "x" | "y" | "fp"; readonly index: number }
  /** A place in the code; 0 is none. */
  | { readonly kind: "label"; readonly label: number }
  | { readonly kind: "list"; readonly operands: readonly Operand[] };

const EXTENDED = { list: 1, floatRegister: 2, allocation: 3, literal: 4, typedRegister: 5 } as const;

/** What the operands of a module refer to. */
export interface OperandTables {
  readonly atoms: AtomTable;
  readonly literal: (index: number) => Term;
}

/** Reads the next operand. */
export function readOperand(reader: ByteReader, tables: OperandTables): Operand {
  const { offset } = reader;
  const { tag, value, bytes } = readCompact(reader);
  switch (tag) {
    case COMPACT_TAG.u:
      return { kind: "number", value };
    case COMPACT_TAG.i:
    case COMPACT_TAG.h:
      return { kind: "value", term: integer(bytes === undefined ? value : signedValue(bytes)) };
    case COMPACT_TAG.a:
      return { kind: "value", term: value === 0 ? nil : atomOf(tables.atoms.name(value), offset) };
    case COMPACT_TAG.x:
      return { kind: "register", file: "x", index: value };
    case COMPACT_TAG.y:
      return { kind: "register", file: "y", index: value };
    case COMPACT_TAG.f:
      return { kind: "label", label: value };
    default:
      return readExtended(reader, tables, value, offset);
  }
}

function readExtended(reader: ByteReader, tables: OperandTables, which: number, offset: number): Operand {
  switch (which) {
    case EXTENDED.list:
      return readList(reader, tables, readNumber(reader));
    case EXTENDED.floatRegister:
      return { kind: "register", file: "fp", index: readNumber(reader) };
    case EXTENDED.allocation:
      // Pairs of what it is for and how many.
      return readList(reader, tables, readNumber(reader) * 2);
    case EXTENDED.literal:
      return { kind: "value", term: tables.literal(readNumber(reader)) };
    case EXTENDED.typedRegister: {
      const register = readOperand(reader, tables);
      readNumber(reader);
      return register;
    }
    default:
      throw malformed(`there is no operand of kind ${which}`, offset);
  }
}

function readList(reader: ByteReader, tables: OperandTables, count: number): Operand {
  // An operand takes a byte at least.
  if (count > reader.left) throw malformed("it ends too early", reader.offset);
  return { kind: "list", operands: Array.from({ length: count }, () => readOperand(reader, tables)) };
}

function atomOf(name: string, offset: number): Term {
  // The table of atoms does not count characters, of which none has more than 255.
  if ([...name].length > 255) throw malformed("an atom is too long", offset);
  return atom(name);
}

function signedValue(bytes: Uint8Array): bigint {
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString("hex")}`));
}

function readNumber(reader: ByteReader): number {
  return readCompact(reader).value;
}
