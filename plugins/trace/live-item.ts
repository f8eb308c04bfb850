import type { Context, TraceEnd, TracedMessage } from "../../src/contract/index.ts";

type Traced = TracedMessage | TraceEnd;

/** One item of a trace on its way to the output: as text for people, as JSON for scripts. */
export class LiveItem {
  readonly #item: Traced;
  readonly #printer: InstanceType<Context["trace"]["RedbugPrinter"]>;
  readonly #toJson: (item: Traced) => unknown;

  constructor(
    item: Traced,
    printer: InstanceType<Context["trace"]["RedbugPrinter"]>,
    toJson: (item: Traced) => unknown,
  ) {
    this.#item = item;
    this.#printer = printer;
    this.#toJson = toJson;
  }

  toText(): string {
    return this.#printer.print(this.#item);
  }

  toJSON(): unknown {
    return this.#toJson(this.#item);
  }
}
