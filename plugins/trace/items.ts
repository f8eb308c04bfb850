import type { Context } from "../../src/contract/index.ts";

type Printer = InstanceType<Context["trace"]["TracePrinter"]>;
type PrintOptions = NonNullable<ConstructorParameters<Context["trace"]["TracePrinter"]>[0]>;
export type TraceMessage = Parameters<Printer["print"]>[0];

/** One message on its way to the output: as text for people, as JSON for scripts. */
export class TraceItem {
  readonly #message: TraceMessage;
  readonly #printer: Printer;
  readonly #toJson: (message: TraceMessage) => unknown;

  constructor(message: TraceMessage, printer: Printer, toJson: (message: TraceMessage) => unknown) {
    this.#message = message;
    this.#printer = printer;
    this.#toJson = toJson;
  }

  toText(): string {
    return this.#printer.print(this.#message);
  }

  toJSON(): unknown {
    return this.#toJson(this.#message);
  }
}

export interface ItemOptions extends PrintOptions {
  /** Stop after so many messages; a report of dropped ones counts as one. */
  readonly msgs: number | undefined;
  /** Tells, in the end, why there are no more. */
  readonly onEnd?: (end: TraceEnd) => void;
}

export interface TraceEnd {
  readonly messages: number;
  /** How many the tracer dropped, as it said. */
  readonly dropped: number;
  readonly isLimited: boolean;
}

/** Makes items of messages, until there are as many as wanted; warns of what is not shown. */
export async function* toItems(
  ctx: Context,
  batches: AsyncIterable<readonly TraceMessage[]>,
  { msgs = Number.POSITIVE_INFINITY, onEnd, ...options }: ItemOptions,
): AsyncGenerator<TraceItem, undefined> {
  const { TracePrinter, traceMessageToJson } = ctx.trace;
  const printer = new TracePrinter(options);
  let messages = 0;
  let dropped = 0;
  let others = 0;
  const end = (isLimited: boolean): undefined => {
    if (others > 0) ctx.log.warn(`${others} of the terms are no trace messages, and are not shown as text`);
    onEnd?.({ messages, dropped, isLimited });
  };
  for await (const batch of batches) {
    for (const message of batch) {
      messages++;
      if (message.kind === "drop") dropped += message.count;
      else if (message.kind === "other") others++;
      else if (message.kind === "unreadable") {
        ctx.log.warn(`a message of ${message.size} bytes is left out: ${message.reason}`);
      }
      yield new TraceItem(message, printer, traceMessageToJson);
      if (messages >= msgs) return end(true);
    }
  }
  return end(false);
}
