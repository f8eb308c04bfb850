/**
 * The stream that the trace drivers of `runtime_tools` write to files and sockets.
 *
 * It is a row of frames without a header: `0, Size:32, Term` is a message, an external term (with its version byte) of Size
 * bytes; `1, Count:32` says that Count messages were dropped. Numbers are big-endian. Source: what `trace_file_drv` and
 * `trace_ip_drv` of OTP 25, 27 and 29 write.
 */
import { EnitError } from "../../error/index.ts";
import { type Term, decodeTermAt } from "../../term/index.ts";
import { type TraceMessage, toTraceMessage } from "./message.ts";

const OP = { MESSAGE: 0, DROP: 1 } as const;
const HEADER_BYTES = 5;
const TERM_VERSION = 131;
const NO_BYTES = new Uint8Array(0);

/** How long a message may be, in bytes, unless told otherwise. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

export interface TraceDecoderOptions {
  /** How errors call the source: a file, or `host:port`. */
  readonly source: string;
  /** The longest message that is accepted, in bytes. Default: 64 MiB. */
  readonly maxMessageBytes?: number;
}

/** Turns the bytes of a trace, in pieces of any size, into its messages. */
export class TraceDecoder {
  readonly #source: string;
  readonly #maxBytes: number;
  #bytes: Uint8Array = NO_BYTES;
  #position = 0;
  /** Where `#bytes` begins in the stream. */
  #base = 0;
  /** Chunks that wait until the frame that has begun is whole, so that nothing is copied twice. */
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #wanted = 1;

  constructor({ source, maxMessageBytes = MAX_MESSAGE_BYTES }: TraceDecoderOptions) {
    this.#source = source;
    this.#maxBytes = maxMessageBytes;
  }

  /** How many bytes of a message are there whose rest is missing. */
  get unfinishedBytes(): number {
    return this.#bytes.length - this.#position + this.#waitingBytes;
  }

  /** How many bytes the whole messages took that were read so far. */
  get offset(): number {
    return this.#base + this.#position;
  }

  /** Adds what was read. The chunk is kept, not copied, until its messages were taken. */
  push(chunk: Uint8Array): void {
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    const rest = this.#bytes.length - this.#position;
    if (rest + this.#waitingBytes < this.#wanted) return;
    this.#base += this.#position;
    const parts = rest === 0 ? this.#waiting : [this.#bytes.subarray(this.#position), ...this.#waiting];
    this.#bytes = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
    this.#position = 0;
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  /**
   * The next message, `undefined` until more bytes come.
   *
   * @throws EnitError `trace_malformed` for what is no trace, as early as that shows; `trace_limit` for a message that
   * announces more bytes than allowed.
   */
  next(): TraceMessage | undefined {
    const start = this.#position;
    const bytes = this.#bytes;
    const available = bytes.length - start;
    if (available < 1) return this.#wait(1);
    const op = bytes[start] as number;
    if (op !== OP.MESSAGE && op !== OP.DROP) throw this.#malformed(`no message begins with the byte ${op}`, start);
    if (available < HEADER_BYTES) return this.#wait(HEADER_BYTES);
    const size = readSize(bytes, start + 1);
    const body = start + HEADER_BYTES;
    if (op === OP.DROP) {
      this.#position = body;
      return { kind: "drop", count: size };
    }
    if (size > this.#maxBytes) throw this.#tooLong(size, start);
    if (size === 0) throw this.#malformed("a message has no term", start);
    if (available > HEADER_BYTES && bytes[body] !== TERM_VERSION) {
      throw this.#malformed(`a message holds no term, but begins with the byte ${bytes[body]}`, body);
    }
    if (available === HEADER_BYTES) return this.#wait(HEADER_BYTES + 1);
    if (available < HEADER_BYTES + size) return this.#wait(HEADER_BYTES + size);
    this.#position = body + size;
    return this.#readMessage(body, size);
  }

  #wait(bytes: number): undefined {
    this.#wanted = bytes;
    return undefined;
  }

  #readMessage(body: number, size: number): TraceMessage {
    let decoded: { readonly term: Term; readonly next: number };
    try {
      decoded = decodeTermAt(this.#bytes, body);
    } catch (cause) {
      if (!(cause instanceof EnitError)) throw cause;
      if (cause.code !== "etf_malformed") return { kind: "unreadable", size, reason: cause.message };
      throw this.#malformed("the term of a message is damaged", body, cause);
    }
    if (decoded.next !== body + size) throw this.#malformed("the term of a message does not have its size", body);
    return toTraceMessage(decoded.term);
  }

  #malformed(state: string, at: number, cause?: EnitError): EnitError {
    const offset = this.#base + at;
    return new EnitError("trace_malformed", `cannot read the trace "${this.#source}": ${state}, at byte ${offset}`, {
      kind: "input",
      hint: offset === 0 ? "A trace is what dbg:trace_port(file, ...) or dbg:trace_port(ip, ...) writes." : undefined,
      data: { source: this.#source, offset },
      cause,
    });
  }

  #tooLong(size: number, at: number): EnitError {
    const offset = this.#base + at;
    const state = `a message announces ${size} bytes, more than ${this.#maxBytes}, at byte ${offset}`;
    return new EnitError("trace_limit", `cannot read the trace "${this.#source}": ${state}`, {
      kind: "input",
      data: { source: this.#source, offset, size, maxMessageBytes: this.#maxBytes },
    });
  }
}

function readSize(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number)) >>>
    0
  );
}
