import type { Console } from "./console.ts";

/** How much is gathered at most, in characters. */
const MAX_LENGTH = 128 * 1024;

/**
 * Gathers small pieces of output, so that those that come together cost one write: nothing waits longer than until the
 * event loop turns, and whoever adds too much waits for the reader.
 */
export class OutputBatch {
  readonly #console: Console;
  readonly #onFailure: (failure: Error) => void;
  #text = "";
  #isScheduled = false;
  #writing: Promise<void> = Promise.resolve();
  #failure: Error | undefined;

  /** `onFailure` is called once, when a write fails that nobody waits for. */
  constructor(console: Console, onFailure: (failure: Error) => void) {
    this.#console = console;
    this.#onFailure = onFailure;
  }

  /** Adds output. Wait for the promise, if there is one, before adding more. Throws what a write before failed with. */
  add(output: string | Uint8Array): Promise<void> | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    if (typeof output !== "string") {
      this.#write(this.#takeText());
      this.#write(output);
      return this.flush();
    }
    this.#text += output;
    if (this.#text.length >= MAX_LENGTH) return this.flush();
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      setImmediate(() => {
        this.#isScheduled = false;
        this.#write(this.#takeText());
      });
    }
    return undefined;
  }

  /** Waits until all is written. Throws what a write failed with. */
  async flush(): Promise<void> {
    this.#write(this.#takeText());
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure;
  }

  #takeText(): string {
    const text = this.#text;
    this.#text = "";
    return text;
  }

  #write(output: string | Uint8Array): void {
    if (output.length === 0) return;
    this.#writing = this.#writing
      .then(() => (this.#failure === undefined ? this.#console.print(output) : undefined))
      .catch((error: unknown) => {
        this.#failure = error instanceof Error ? error : new Error(String(error));
        this.#onFailure(this.#failure);
      });
  }
}
