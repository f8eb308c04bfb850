import type { Operand } from "../../beam/index.ts";
import { UNKNOWN, type Value, mergeValues, ofTerm } from "./value.ts";

/** What the registers of a process hold at a place in the code, as far as it is known. */
export class Registers {
  readonly #x: Map<number, Value>;
  #y: Map<number, Value>;
  /** The slots of the handlers (`catch`, `try`) that are in force. */
  readonly handlers: Set<number>;

  constructor(args: readonly Value[] = []) {
    this.#x = new Map(args.entries());
    this.#y = new Map();
    this.handlers = new Set();
  }

  copy(): Registers {
    const copy = new Registers();
    for (const [index, value] of this.#x) copy.#x.set(index, value);
    for (const [index, value] of this.#y) copy.#y.set(index, value);
    for (const slot of this.handlers) copy.handlers.add(slot);
    return copy;
  }

  /** Forgets what is not so in `other`. */
  merge(other: Registers): void {
    mergeInto(this.#x, other.#x);
    mergeInto(this.#y, other.#y);
    for (const slot of other.handlers) this.handlers.add(slot);
  }

  read(operand: Operand | undefined): Value {
    if (operand?.kind === "value") return ofTerm(operand.term);
    if (operand?.kind !== "register" || operand.file === "fp") return UNKNOWN;
    return (operand.file === "x" ? this.#x : this.#y).get(operand.index) ?? UNKNOWN;
  }

  write(operand: Operand | undefined, value: Value): void {
    if (operand?.kind !== "register" || operand.file === "fp") return;
    (operand.file === "x" ? this.#x : this.#y).set(operand.index, value);
  }

  /** The first registers, which hold what a function is called with and what it gives. */
  arguments(count: number): Value[] {
    return Array.from({ length: count }, (_, index) => this.#x.get(index) ?? UNKNOWN);
  }

  /** What a call leaves: its result, and the stack. */
  afterCall(result: Value): void {
    this.#x.clear();
    this.#x.set(0, result);
  }

  /** Drops so many of the first slots of the stack. */
  trim(count: number): void {
    this.#y = new Map([...this.#y].flatMap(([index, value]) => (index < count ? [] : [[index - count, value]])));
    const slots = [...this.handlers].filter((slot) => slot >= count);
    this.handlers.clear();
    for (const slot of slots) this.handlers.add(slot - count);
  }

  /** Forgets everything but which handlers are in force. */
  forget(): void {
    this.#x.clear();
    this.#y.clear();
  }
}

function mergeInto(mine: Map<number, Value>, others: ReadonlyMap<number, Value>): void {
  for (const [index, value] of mine) {
    const other = others.get(index);
    if (other === undefined) mine.delete(index);
    else mine.set(index, mergeValues(value, other));
  }
}
