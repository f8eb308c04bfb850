import { type FSWatcher, watch } from "node:fs";
import { unreadable } from "./file-set.ts";

/**
 * How long after an event a look is taken once more, in milliseconds.
 *
 * Bun (1.4.5) drops what happens to the same file within a millisecond of the event before, and some more: without this
 * look, what a tracer writes in two quick steps would be seen when it writes again. To be removed when Bun reports all.
 */
const SECOND_LOOK = 20;

/** Tells when something happens to some of the files of a directory; the system says so, nothing is polled. */
export class DirectoryWatch implements Disposable {
  readonly #watcher: FSWatcher;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => this.#wake?.();
  readonly #onChange = (): void => {
    this.#isChanged = true;
    this.#wake?.();
  };
  #isChanged = false;
  #wake: (() => void) | undefined;
  #secondLook: ReturnType<typeof setTimeout> | undefined;

  /** `concerns` tells by the name whether a file matters. */
  constructor(directory: string, concerns: (name: string) => boolean, signal: AbortSignal | undefined) {
    this.#signal = signal;
    try {
      this.#watcher = watch(directory, (_event, name) => {
        if (name !== null && !concerns(name)) return;
        this.#onChange();
        clearTimeout(this.#secondLook);
        this.#secondLook = setTimeout(this.#onChange, SECOND_LOOK);
      });
    } catch (cause) {
      throw unreadable(directory, cause);
    }
    signal?.addEventListener("abort", this.#onAbort);
  }

  /** From here on changes count: call it before looking at the files. */
  reset(): void {
    this.#isChanged = false;
  }

  /** Waits for a change since `reset`. `false` if the signal was aborted. */
  async changed(): Promise<boolean> {
    while (!this.#isChanged && this.#signal?.aborted !== true) {
      const waiting = Promise.withResolvers<void>();
      this.#wake = waiting.resolve;
      await waiting.promise;
      this.#wake = undefined;
    }
    return this.#signal?.aborted !== true;
  }

  [Symbol.dispose](): void {
    this.#watcher.close();
    clearTimeout(this.#secondLook);
    this.#signal?.removeEventListener("abort", this.#onAbort);
  }
}
