/** Thrown when nobody reads standard output any more: the reader or the terminal has gone away. */
export class OutputGone extends Error {
  override readonly name = "OutputGone";
}

/**
 * Standard output and standard error, written in order and awaited.
 *
 * Not `process.stdout`: its first use loads Node's streams, which takes 12 ms.
 */
export class Console {
  #notes: Promise<unknown> = Promise.resolve();

  /**
   * Writes data to standard output, all of it.
   *
   * @throws OutputGone where nobody reads it.
   */
  async print(data: string | Uint8Array): Promise<void> {
    try {
      await Bun.write(Bun.stdout, data);
    } catch (error) {
      if (isGone(error)) throw new OutputGone("nobody reads the output", { cause: error });
      throw error;
    }
  }

  /** Writes a message to standard error, after those before it. A reader that has gone away is no error here. */
  note(text: string): void {
    this.#notes = this.#notes.then(() => Bun.write(Bun.stderr, text)).catch(() => undefined);
  }

  /** Waits until every note is written. */
  async flush(): Promise<void> {
    await this.#notes;
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "EPIPE" || error.code === "EIO");
}
