import type { PidTerm, ReferenceTerm } from "../term/index.ts";

/** Makes the pids and references of one run of a node of ours. */
export class Identities {
  readonly #node: string;
  readonly #creation: number;
  #pids = 0;
  #references = 0;

  /** `creation`: what the handshake said, 32 bits, not 0. */
  constructor(node: string, creation: number) {
    this.#node = node;
    this.#creation = creation;
  }

  /** A pid that was not given out before; ids have 15 bits and serials 13, as every OTP takes them. */
  newPid(): PidTerm {
    const number = ++this.#pids;
    return {
      kind: "pid",
      node: this.#node,
      id: number & 0x7fff,
      serial: (number >>> 15) & 0x1fff,
      creation: this.#creation,
    };
  }

  /** A reference that was not given out before: three words, of which the first has 18 bits, as Erlang's own. */
  newReference(): ReferenceTerm {
    const number = ++this.#references;
    const words = [number & 0x3ffff, Math.floor(number / 0x40000), 0];
    return { kind: "reference", node: this.#node, words, creation: this.#creation };
  }

  /** Tells whether a pid or reference was made by this run of the node. */
  isOurs(term: PidTerm | ReferenceTerm): boolean {
    return term.node === this.#node && term.creation === this.#creation;
  }
}

/** A key for maps: the same for the same pid or reference of one node. */
export function keyOf(term: PidTerm | ReferenceTerm): string {
  return term.kind === "pid" ? `${term.id}.${term.serial}` : term.words.join(".");
}
