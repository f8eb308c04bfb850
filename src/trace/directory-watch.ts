import { type FSWatcher, watch } from "node:fs";
import { unreadable } from "./file-set.ts";

/** Tells when something happens to some of the files of a directory; the system says so, nothing is polled. */
export class DirectoryWatch implements Disposable {
  readonly #watcher: FSWatcher;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => this.#wake?.();
  #isChanged = false;
  #wake: (() => void) | undefined;

  /** `concerns` tells by the name whether a file matters. */
  constructor(directory: string, concerns: (name: string) => boolean, signal: AbortSignal | undefined) {
    this.#signal = signal;
    try {
      this.#watcher = watch(directory, (_event, name) => {
        if (name !== null && !concerns(name)) return;
        this.#isChanged = true;
        this.#wake?.();
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
    this.#signal?.removeEventListener("abort", this.#onAbort);
  }
}
