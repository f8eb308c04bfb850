/** Keeps what comes until its one reader takes it. */
export class EventQueue<Event> implements AsyncIterable<Event> {
  readonly #waiting: Event[] = [];
  #end: { readonly error: Error | undefined } | undefined;
  #wake = (): void => {};

  add(event: Event): void {
    this.#waiting.push(event);
    this.#wake();
  }

  /** Nothing comes any more. */
  end(): void {
    this.#end ??= { error: undefined };
    this.#wake();
  }

  /** The reader gets this error, behind what came before. */
  fail(error: Error): void {
    this.#end ??= { error };
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Event, void> {
    for (;;) {
      const event = this.#waiting.shift();
      if (event !== undefined) {
        yield event;
      } else if (this.#end === undefined) {
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#wake = resolve;
        await promise;
      } else {
        if (this.#end.error !== undefined) throw this.#end.error;
        return;
      }
    }
  }
}
