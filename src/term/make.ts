import { EnitError } from "../error/index.ts";
import { MAX_ATOM_LENGTH } from "./limits.ts";
import type {
  AtomTerm,
  BitstringTerm,
  ExportTerm,
  FloatTerm,
  IntegerTerm,
  ListTerm,
  MapTerm,
  Term,
  TupleTerm,
} from "./term.ts";

const INTERNED_ATOMS_MAX = 65_536;
const SMALL_INTEGER_MIN = -128;
const SMALL_INTEGER_MAX = 1023;

const atoms = new Map<string, AtomTerm>();
const smallIntegers: (IntegerTerm | undefined)[] = [];
const noBytes = new Uint8Array(0);

/** The empty list, `[]`. Lists made elsewhere may be other objects: ask `isList(term)` or compare with `equalTerms`. */
export const nil: ListTerm = { kind: "list", elements: [], tail: undefined };

/**
 * Makes an atom.
 *
 * The same name gives the same object as long as fewer than 65,536 atoms were made, so that memory
 * stays bounded whatever is decoded; compare names, not objects. Throws `term_invalid` above 255 characters.
 */
export function atom(name: string): AtomTerm {
  const known = atoms.get(name);
  if (known !== undefined) return known;
  if (name.length > MAX_ATOM_LENGTH && [...name].length > MAX_ATOM_LENGTH) {
    throw invalid("atom", `it is longer than ${MAX_ATOM_LENGTH} characters`);
  }
  if (!name.isWellFormed()) throw invalid("atom", "its name holds half of a surrogate pair");
  const made: AtomTerm = { kind: "atom", name };
  if (atoms.size < INTERNED_ATOMS_MAX) atoms.set(name, made);
  return made;
}

/** Makes an integer. Throws `term_invalid` for a number that is not a safe integer. */
export function integer(value: number | bigint): IntegerTerm {
  if (typeof value === "bigint") {
    if (value >= SMALL_INTEGER_MIN && value <= SMALL_INTEGER_MAX) return smallInteger(Number(value));
    return { kind: "integer", value };
  }
  if (!Number.isSafeInteger(value)) throw invalid("integer", `${value} is not a safe integer`);
  return smallInteger(value);
}

/** Makes a float. Throws `term_invalid` for NaN and the infinities, which Erlang does not have. */
export function float(value: number): FloatTerm {
  if (!Number.isFinite(value)) throw invalid("float", `${value} is not finite`);
  return { kind: "float", value };
}

/** Makes a binary of bytes (not copied: do not change them afterwards), or of text as UTF-8. */
export function binary(content: Uint8Array | string): BitstringTerm {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return { kind: "bitstring", bytes, lastBits: 8 };
}

/**
 * Makes a bitstring whose last byte counts with its `lastBits` (1 to 8) highest bits; the others become 0.
 * Throws `term_invalid` for any other number of bits, and for no bytes with fewer than 8.
 */
export function bitstring(bytes: Uint8Array, lastBits: number): BitstringTerm {
  if (!Number.isInteger(lastBits) || lastBits < 1 || lastBits > 8 || (bytes.length === 0 && lastBits !== 8)) {
    throw invalid("bitstring", `the last of ${bytes.length} bytes cannot have ${lastBits} bits`);
  }
  const last = bytes[bytes.length - 1] ?? 0;
  const masked = last & (0xff << (8 - lastBits)) & 0xff;
  if (masked === last) return { kind: "bitstring", bytes, lastBits };
  const copy = bytes.slice();
  copy[copy.length - 1] = masked;
  return { kind: "bitstring", bytes: copy, lastBits };
}

/** Makes a tuple of its arguments. */
export function tuple(...elements: readonly Term[]): TupleTerm {
  return { kind: "tuple", elements };
}

/** Makes a list; `tail` is what stands after the bar. A tail that is a list itself is joined on. */
export function list(elements: readonly Term[], tail?: Term): ListTerm {
  if (tail === undefined) return elements.length === 0 ? nil : { kind: "list", elements, tail };
  if (tail.kind === "list") return list([...elements, ...tail.elements], tail.tail);
  if (elements.length === 0) throw invalid("list", "an improper list needs an element before its tail");
  return { kind: "list", elements, tail };
}

/** Makes an Erlang string: the list of the text's code points. */
export function string(text: string): ListTerm {
  return list(Array.from(text, (character) => smallInteger(character.codePointAt(0) ?? 0)));
}

/** Makes a map, its entries in the order given. The caller sees to it that no key stands twice. */
export function map(entries: readonly (readonly [key: Term, value: Term])[]): MapTerm {
  return { kind: "map", entries };
}

/** Makes `fun Module:Function/Arity`. */
export function exportFun(module: string, functionName: string, arity: number): ExportTerm {
  return { kind: "export", module, function: functionName, arity };
}

/** Makes an integer of any safe one, the common small ones made once. */
export function smallInteger(value: number): IntegerTerm {
  if (value < SMALL_INTEGER_MIN || value > SMALL_INTEGER_MAX) return new SafeInteger(value);
  const known = smallIntegers[value - SMALL_INTEGER_MIN];
  if (known !== undefined) return known;
  const made = new SafeInteger(value);
  smallIntegers[value - SMALL_INTEGER_MIN] = made;
  return made;
}

/** The value of an integer as a number, rounded if it is not safe. */
export function numberOf(term: IntegerTerm): number {
  return SafeInteger.numberOf(term);
}

/** An integer that remembers its value as a number: turning a `bigint` into one takes as long as writing ten bytes. */
class SafeInteger implements IntegerTerm {
  readonly kind = "integer";
  readonly value: bigint;
  readonly #number: number;

  constructor(number: number) {
    this.value = BigInt(number);
    this.#number = number;
  }

  static numberOf(term: IntegerTerm): number {
    return #number in term ? term.#number : Number(term.value);
  }
}

/** Makes a bitstring of whole bytes that the caller owns. */
export function ownedBinary(bytes: Uint8Array): BitstringTerm {
  return { kind: "bitstring", bytes: bytes.length === 0 ? noBytes : bytes, lastBits: 8 };
}

function invalid(what: string, state: string): EnitError {
  return new EnitError("term_invalid", `cannot make ${what}: ${state}`, { kind: "input" });
}
