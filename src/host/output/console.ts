import { EnitError, describeSystemError, systemCode } from "../../error/index.ts";

/** The error of output that nobody reads any more: the reader or the terminal has gone away. */
const GONE = "output_gone";

/**
 * Standard output and standard error, written in order and awaited.
 *
 * Not `process.stdout`: its first use loads Node's streams, which takes 13 ms.
 */
export class Console {
  #notes: Promise<unknown> = Promise.resolve();
  /** Notes that wait, while something else has the terminal. */
  #held: string[] | undefined;

  /**
   * Writes data to standard output, all of it.
   *
   * @throws EnitError `output_gone` where nobody reads it, `output_failed` (a full disk).
   */
  async print(data: string | Uint8Array): Promise<void> {
    try {
      await Bun.write(Bun.stdout, data);
    } catch (error) {
      const code = systemCode(error);
      const isGone = code === "EPIPE" || code === "EIO";
      const state = isGone ? "nobody reads it" : describeSystemError(error);
      throw new EnitError(isGone ? GONE : "output_failed", `cannot write "standard output": ${state}`, {
        kind: "io",
        cause: error,
      });
    }
  }

  /** Writes a message to standard error, after those before it. Where that fails, nobody is left to be told. */
  note(text: string): void {
    if (this.#held !== undefined) {
      this.#held.push(text);
      return;
    }
    this.#notes = this.#notes.then(() => Bun.write(Bun.stderr, text)).catch(() => undefined);
  }

  /** Has notes wait until the function that it gives is called. */
  hold(): () => void {
    this.#held ??= [];
    return () => {
      const held = this.#held ?? [];
      this.#held = undefined;
      for (const text of held) this.note(text);
    };
  }

  /** Waits until every note is written. */
  async flush(): Promise<void> {
    await this.#notes;
  }
}

/** Whether an error says that nobody reads the output any more. */
export function isOutputGone(error: unknown): boolean {
  return error instanceof EnitError && error.code === GONE;
}
