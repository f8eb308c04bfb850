/**
 * Splits a byte stream into messages that are preceded by their length, big endian: two bytes during the
 * handshake (over TLS four), four afterwards. A frame of length 0 is a message too (a tick).
 */
export class FrameReader {
  readonly #chunks: Uint8Array[] = [];
  /** Bytes of the first chunk that were taken already. */
  #taken = 0;
  #buffered = 0;
  #headerBytes: 2 | 4;
  #maxBytes: number;
  /** The length of the frame whose header was read. */
  #pending: number | undefined;

  /** `maxBytes`: the longest frame accepted until `useLongFrames`. */
  constructor(maxBytes: number, headerBytes: 2 | 4 = 2) {
    this.#maxBytes = maxBytes;
    this.#headerBytes = headerBytes;
  }

  /** From the next frame on, lengths have four bytes and the limit is `maxBytes`. */
  useLongFrames(maxBytes: number): void {
    this.#headerBytes = 4;
    this.#maxBytes = maxBytes;
  }

  /** Adds what the socket gave; the chunk is kept, not copied. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
  }

  /**
   * The next whole frame without its header, or undefined if there is none yet. Throws `FrameTooLongError` as soon as the
   * header of a frame over the limit is there, before its bytes are.
   */
  next(): Uint8Array | undefined {
    if (this.#pending === undefined) {
      if (this.#buffered < this.#headerBytes) return undefined;
      const length = readLength(this.#take(this.#headerBytes));
      if (length > this.#maxBytes) throw new FrameTooLongError(length, this.#maxBytes);
      this.#pending = length;
    }
    if (this.#buffered < this.#pending) return undefined;
    const frame = this.#take(this.#pending);
    this.#pending = undefined;
    return frame;
  }

  #take(length: number): Uint8Array {
    this.#buffered -= length;
    const first = this.#chunks[0];
    if (first !== undefined && first.length - this.#taken > length) {
      const part = first.subarray(this.#taken, this.#taken + length);
      this.#taken += length;
      return part;
    }
    if (first !== undefined && first.length - this.#taken === length) {
      this.#chunks.shift();
      const part = first.subarray(this.#taken);
      this.#taken = 0;
      return part;
    }
    return this.#gather(length);
  }

  /** Joins what spans several chunks. */
  #gather(length: number): Uint8Array {
    const whole = new Uint8Array(length);
    let filled = 0;
    let used = 0;
    for (const chunk of this.#chunks) {
      if (filled === length) break;
      const part = chunk.subarray(this.#taken, this.#taken + length - filled);
      whole.set(part, filled);
      filled += part.length;
      if (this.#taken + part.length < chunk.length) {
        this.#taken += part.length;
      } else {
        this.#taken = 0;
        used += 1;
      }
    }
    this.#chunks.splice(0, used);
    return whole;
  }
}

/** The peer announced a frame over the limit. */
export class FrameTooLongError extends Error {
  override readonly name = "FrameTooLongError";
  /** As the header says it. */
  readonly length: number;

  constructor(length: number, limit: number) {
    super(`a message of ${length} bytes, where ${limit} are allowed`);
    this.length = length;
  }
}

function readLength(header: Uint8Array): number {
  let length = 0;
  for (const byte of header) length = length * 256 + byte;
  return length;
}
