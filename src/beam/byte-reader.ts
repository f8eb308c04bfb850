import { malformed } from "./errors.ts";

/**
 * Reads big-endian numbers and byte strings one after the other, and checks every bound.
 *
 * Nothing else in this folder indexes bytes of a file. Offsets in errors count from the start of the (inflated) file.
 */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #base: number;
  #at = 0;

  /** `base`: the offset of `bytes` in the file. */
  constructor(bytes: Uint8Array, base = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#base = base;
  }

  /** The offset in the file of the byte that comes next. */
  get offset(): number {
    return this.#base + this.#at;
  }

  /** How many bytes are left. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  uint8(): number {
    this.#need(1);
    return this.#view.getUint8(this.#at++);
  }

  uint32(): number {
    this.#need(4);
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4);
  }

  int32(): number {
    return this.uint32() | 0;
  }

  /** The next `count` numbers of four bytes. One loop, since tables have hundreds. */
  uint32s(count: number): number[] {
    this.#need(count * 4);
    const numbers: number[] = [];
    for (let i = 0; i < count; i++) numbers.push(this.#view.getUint32(this.#at + i * 4));
    this.#at += count * 4;
    return numbers;
  }

  /** The next `count` bytes, not copied. */
  bytes(count: number): Uint8Array {
    this.#need(count);
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  /** Passes over `count` bytes. */
  skip(count: number): void {
    this.#need(count);
    this.#at += count;
  }

  /**
   * Passes over `count` strings, each behind its length in a byte; gives where each begins and ends, two numbers a string,
   * from the first byte of this reader on. One loop, since a file has hundreds.
   */
  skipStrings8(count: number): number[] {
    const bytes = this.#bytes;
    const places: number[] = [];
    let at = this.#at;
    for (let i = 0; i < count; i++) {
      const end = at + 1 + (bytes[at] ?? bytes.length);
      if (end > bytes.length) throw malformed("it ends too early", this.#base + at);
      places.push(at + 1, end);
      at = end;
    }
    this.#at = at;
    return places;
  }

  /** Continues at this offset in the file, which may be its end. */
  seek(offset: number): void {
    if (offset < this.#base || offset > this.#base + this.#bytes.length)
      throw malformed("it ends too early", this.offset);
    this.#at = offset - this.#base;
  }

  #need(count: number): void {
    if (count > this.left) throw malformed("it ends too early", this.offset);
  }
}
