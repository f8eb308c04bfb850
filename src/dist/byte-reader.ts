/** The one place of this room where bytes are picked out of a message; every bound is checked. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  /** Unsigned, big endian, 1 byte; throws `TruncatedError` at the end, as all do. */
  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2));
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4));
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#advance(8));
  }

  /** The next `length` bytes, not copied. */
  bytes(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** The next `length` bytes as text; UTF-8, with U+FFFD for what is none. */
  text(length: number): string {
    return new TextDecoder().decode(this.bytes(length));
  }

  #advance(length: number): number {
    const start = this.#offset;
    if (length > this.remaining) throw new TruncatedError(this.#bytes.length);
    this.#offset += length;
    return start;
  }
}

/** The bytes end before the value does: wait for more of a stream, refuse a whole message. */
export class TruncatedError extends Error {
  override readonly name = "TruncatedError";

  constructor(offset: number) {
    super(`ends after ${offset} bytes`);
  }
}
