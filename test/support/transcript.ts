/** What a stream has brought so far, read up to a word, then to its end. */
export class Transcript {
  #text = "";
  readonly #chunks: AsyncIterator<Uint8Array>;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  /** Waits for a word, and gives all that came up to then. */
  async until(word: string): Promise<string> {
    while (!this.#text.includes(word)) {
      if (!(await this.#readMore()))
        throw new Error(`${JSON.stringify(word)} never came: ${JSON.stringify(this.#text)}`);
    }
    return this.#text;
  }

  /** Waits for the end, and gives all that came. */
  async whole(): Promise<string> {
    while (await this.#readMore());
    return this.#text;
  }

  async #readMore(): Promise<boolean> {
    const next = await this.#chunks.next();
    if (next.done !== true) this.#text += new TextDecoder().decode(next.value);
    return next.done !== true;
  }
}
