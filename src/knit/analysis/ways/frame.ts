import type { Operand } from "../../../beam/index.ts";
import { UNKNOWN, type Value, ofTerm } from "../value.ts";

/** What a process has at a place in a function: the registers, and where it is. */
export class Frame {
  /** The position of the next instruction. */
  at = 0;
  #x: Value[];
  #y: Value[] = [];

  constructor(args: readonly Value[] = []) {
    this.#x = [...args];
  }

  copy(): Frame {
    const copy = new Frame(this.#x);
    copy.#y = [...this.#y];
    copy.at = this.at;
    return copy;
  }

  read(operand: Operand | undefined): Value {
    if (operand?.kind === "value") return ofTerm(operand.term);
    if (operand?.kind !== "register" || operand.file === "fp") return UNKNOWN;
    return (operand.file === "x" ? this.#x : this.#y)[operand.index] ?? UNKNOWN;
  }

  write(operand: Operand | undefined, value: Value): void {
    if (operand?.kind !== "register" || operand.file === "fp") return;
    (operand.file === "x" ? this.#x : this.#y)[operand.index] = value;
  }

  /** The first X registers. */
  arguments(count: number): Value[] {
    return Array.from({ length: count }, (_, index) => this.#x[index] ?? UNKNOWN);
  }

  x(index: number): Value {
    return this.#x[index] ?? UNKNOWN;
  }

  /** What a call leaves. */
  afterCall(result: Value): void {
    this.#x = [result];
  }

  /** Begins the stack of the function. */
  allocate(): void {
    this.#y = [];
  }

  /** Drops so many of the first slots of the stack. */
  trim(count: number): void {
    this.#y = this.#y.slice(count);
  }
}
