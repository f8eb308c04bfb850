import { type BigIntStats, closeSync, fstatSync, openSync, readSync } from "node:fs";
import { TraceDecoder } from "./codec/decoder.ts";
import type { TraceMessage } from "./codec/message.ts";
import { systemCode } from "./errors.ts";
import { identityOf, unreadable } from "./file-set.ts";
import { takeMessages } from "./messages.ts";

const CHUNK_BYTES = 256 * 1024;

export interface OpenFileOptions {
  readonly maxMessageBytes?: number | undefined;
  /** Is told, in a sentence, what does not end the reading but should be known. */
  readonly onNotice: (notice: string) => void;
}

/** One file of a trace that is read from its beginning on. While it is open, no other file can have its identity. */
export class OpenFile {
  readonly path: string;
  readonly number: number;
  readonly identity: string;
  readonly #descriptor: number;
  readonly #options: OpenFileOptions;
  #decoder: TraceDecoder;
  #offset = 0;

  private constructor(path: string, number: number, descriptor: number, options: OpenFileOptions) {
    this.path = path;
    this.number = number;
    this.#descriptor = descriptor;
    this.#options = options;
    this.#decoder = this.#newDecoder();
    this.identity = identityOf(this.#stat());
  }

  /** Opens a file; `undefined` if it is not there. @throws EnitError `trace_unreadable`. */
  static open(path: string, number: number, options: OpenFileOptions): OpenFile | undefined {
    let descriptor: number;
    try {
      descriptor = openSync(path, "r");
    } catch (cause) {
      if (systemCode(cause) === "ENOENT") return undefined;
      throw unreadable(path, cause);
    }
    return new OpenFile(path, number, descriptor, options);
  }

  get decoder(): TraceDecoder {
    return this.#decoder;
  }

  /** The messages from where it was read to last, up to the end that it has now. */
  *read(): Generator<readonly TraceMessage[], undefined> {
    // The tracer of a VM that was started again writes the file from its beginning.
    if (this.#stat().size < this.#offset) {
      this.#options.onNotice(`the trace "${this.path}" was begun anew`);
      this.#decoder = this.#newDecoder();
      this.#offset = 0;
    }
    for (let chunk = this.#readChunk(); chunk.length > 0; chunk = this.#readChunk()) {
      this.#decoder.push(chunk);
      yield* takeMessages(this.#decoder);
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #readChunk(): Uint8Array {
    // Each chunk in memory of its own, since the decoder keeps what it has not decoded yet.
    const chunk = new Uint8Array(CHUNK_BYTES);
    try {
      const length = readSync(this.#descriptor, chunk, 0, CHUNK_BYTES, this.#offset);
      this.#offset += length;
      return chunk.subarray(0, length);
    } catch (cause) {
      throw unreadable(this.path, cause);
    }
  }

  #stat(): BigIntStats {
    return fstatSync(this.#descriptor, { bigint: true });
  }

  #newDecoder(): TraceDecoder {
    const { maxMessageBytes } = this.#options;
    return new TraceDecoder({ source: this.path, ...(maxMessageBytes === undefined ? {} : { maxMessageBytes }) });
  }
}
