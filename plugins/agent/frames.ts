import { EnitError } from "../../src/contract/index.ts";

const HEADER = 4;
/** What a request may have at most, in bytes: the arguments of a call. */
const MAX_LENGTH = 256 * 1024 * 1024;

/** Puts the length before the bytes, in four bytes, the highest first. */
export function frame(bytes: Uint8Array): Uint8Array {
  const framed = new Uint8Array(HEADER + bytes.length);
  new DataView(framed.buffer).setUint32(0, bytes.length);
  framed.set(bytes, HEADER);
  return framed;
}

/** Reads frames from a stream. */
export class FrameInput {
  readonly #chunks: AsyncIterator<Uint8Array, undefined>;
  #pending: Uint8Array = new Uint8Array();

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.#chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array, undefined>;
  }

  /** The next frame without its length; `undefined` at the end. Throws `bad_request` for one that is cut or too long. */
  async next(): Promise<Uint8Array | undefined> {
    while (this.#pending.length < HEADER) {
      if (await this.#more()) continue;
      if (this.#pending.length === 0) return undefined;
      throw badFrame("it is cut");
    }
    const { buffer, byteOffset } = this.#pending;
    const length = new DataView(buffer, byteOffset, HEADER).getUint32(0);
    if (length > MAX_LENGTH) throw badFrame(`it has ${length} bytes`);
    while (this.#pending.length < HEADER + length) if (!(await this.#more())) throw badFrame("it is cut");
    const content = this.#pending.slice(HEADER, HEADER + length);
    this.#pending = this.#pending.slice(HEADER + length);
    return content;
  }

  /** Settles when nothing comes any more; what comes until then is dropped. */
  async untilEnd(): Promise<void> {
    while (await this.#more()) this.#pending = new Uint8Array();
  }

  async #more(): Promise<boolean> {
    const { value, done } = await this.#chunks.next();
    if (done === true) return false;
    this.#pending = this.#pending.length === 0 ? value : Buffer.concat([this.#pending, value]);
    return true;
  }
}

function badFrame(state: string): EnitError {
  return new EnitError("bad_request", `cannot read the request on "standard input": ${state}`, {
    kind: "input",
    hint: "This command is run by the Erlang module enit.",
  });
}
