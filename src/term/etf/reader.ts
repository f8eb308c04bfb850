import { EnitError } from "../../error/index.ts";

/** Reads numbers (big-endian) and runs of bytes; every read is checked against the end. */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly end: number;
  position: number;
  private view: DataView | undefined;
  private buffer: Buffer | undefined;

  constructor(bytes: Uint8Array, position: number, end = bytes.length) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
  }

  get remaining(): number {
    return this.end - this.position;
  }

  u8(): number {
    const at = this.position;
    if (at >= this.end) throw this.truncated(1);
    this.position = at + 1;
    return this.bytes[at] as number;
  }

  u16(): number {
    const at = this.take(2);
    const bytes = this.bytes;
    return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
  }

  i32(): number {
    const at = this.take(4);
    const bytes = this.bytes;
    return (
      ((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number)
    );
  }

  u32(): number {
    return this.i32() >>> 0;
  }

  u64(): bigint {
    const at = this.take(8);
    return this.dataView().getBigUint64(at);
  }

  f64(): number {
    const at = this.take(8);
    return this.dataView().getFloat64(at);
  }

  /** Steps over `length` bytes, all of which are there, and returns where they begin. */
  take(length: number): number {
    const at = this.position;
    if (this.end - at < length) throw this.truncated(length);
    this.position = at + length;
    return at;
  }

  /** A copy of the next `length` bytes. */
  copy(length: number): Uint8Array {
    const at = this.take(length);
    return this.bytes.slice(at, at + length);
  }

  /** The bytes from `start` on as latin1 characters; nothing is read. */
  latin1(start: number, length: number): string {
    this.buffer ??= Buffer.from(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
    return this.buffer.toString("latin1", start, start + length);
  }

  /** Reads how many things follow, each of which takes at least `size` bytes, so that a lie allocates nothing. */
  count(size: number): number {
    const count = this.u32();
    if (count * size > this.end - this.position) throw this.truncated(count * size);
    return count;
  }

  malformed(state: string, offset = this.position): EnitError {
    return new EnitError("etf_malformed", `cannot decode term: ${state} at byte ${offset}`, {
      kind: "input",
      data: { offset },
    });
  }

  private truncated(length: number): EnitError {
    const missing = length - (this.end - this.position);
    return this.malformed(`${missing} more bytes are needed`);
  }

  private dataView(): DataView {
    this.view ??= new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
    return this.view;
  }
}
