/**
 * Erlang terms as values.
 *
 * A term is immutable. Integers are `bigint` so that every size is exact; floats are doubles, as in
 * Erlang. A string is what it is in Erlang: a list of integers. Binaries are bitstrings of whole bytes.
 * Map entries keep the order in which they were read; compare maps with `equalTerms`.
 */
export type Term =
  | AtomTerm
  | IntegerTerm
  | FloatTerm
  | BitstringTerm
  | TupleTerm
  | ListTerm
  | MapTerm
  | PidTerm
  | PortTerm
  | ReferenceTerm
  | ExportTerm
  | FunTerm;

export interface AtomTerm {
  readonly kind: "atom";
  readonly name: string;
}

export interface IntegerTerm {
  readonly kind: "integer";
  readonly value: bigint;
}

export interface FloatTerm {
  readonly kind: "float";
  readonly value: number;
}

export interface BitstringTerm {
  readonly kind: "bitstring";
  readonly bytes: Uint8Array;
  /** How many bits of the last byte count, from the highest on: 1 to 8; 8 for a binary and for `<<>>`. */
  readonly lastBits: number;
}

export interface TupleTerm {
  readonly kind: "tuple";
  readonly elements: readonly Term[];
}

export interface ListTerm {
  readonly kind: "list";
  readonly elements: readonly Term[];
  /** What stands after the bar of an improper list; never a list itself. */
  readonly tail: Term | undefined;
}

export interface MapTerm {
  readonly kind: "map";
  readonly entries: readonly (readonly [key: Term, value: Term])[];
}

export interface PidTerm {
  readonly kind: "pid";
  readonly node: string;
  readonly id: number;
  readonly serial: number;
  readonly creation: number;
}

export interface PortTerm {
  readonly kind: "port";
  readonly node: string;
  readonly id: bigint;
  readonly creation: number;
}

export interface ReferenceTerm {
  readonly kind: "reference";
  readonly node: string;
  /** One to five 32-bit words, in the order of the external format. */
  readonly words: readonly number[];
  readonly creation: number;
}

/** `fun Module:Function/Arity`. */
export interface ExportTerm {
  readonly kind: "export";
  readonly module: string;
  readonly function: string;
  readonly arity: number;
}

/** A local fun, which only the node that made it can call. */
export interface FunTerm {
  readonly kind: "fun";
  readonly module: string;
  readonly arity: number;
  readonly index: number;
  readonly oldIndex: number;
  /** 16 bytes; none for a fun of the form before R15, which also has no arity. */
  readonly uniq: Uint8Array;
  readonly oldUniq: number;
  readonly pid: PidTerm;
  readonly free: readonly Term[];
}
