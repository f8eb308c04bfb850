/** Writes numbers (big-endian) and runs of bytes into a buffer that grows. */
export class ByteWriter {
  private buffer = new Uint8Array(256);
  private view = new DataView(this.buffer.buffer);
  /** How many bytes were written. To set it back takes bytes away again. */
  length = 0;

  /** What was written. The writer must not be used afterwards. */
  finish(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }

  u8(value: number): void {
    const at = this.reserve(1);
    this.buffer[at] = value;
  }

  u16(value: number): void {
    const at = this.reserve(2);
    this.buffer[at] = value >>> 8;
    this.buffer[at + 1] = value;
  }

  u32(value: number): void {
    const at = this.reserve(4);
    this.putU32(at, value);
  }

  u64(value: bigint, littleEndian = false): void {
    const at = this.reserve(8);
    this.view.setBigUint64(at, value, littleEndian);
  }

  f64(value: number): void {
    const at = this.reserve(8);
    this.view.setFloat64(at, value);
  }

  copy(bytes: Uint8Array): void {
    const at = this.reserve(bytes.length);
    this.buffer.set(bytes, at);
  }

  /**
   * Writes the characters of a text, one byte each, and returns a number whose highest bit is that of the highest code
   * among them: above 0xff, what was written is of no use.
   */
  latin1(text: string): number {
    const length = text.length;
    const at = this.reserve(length);
    const buffer = this.buffer;
    let codes = 0;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      codes |= code;
      buffer[at + i] = code;
    }
    return codes;
  }

  /** Overwrites a byte that was written or reserved before. */
  putU8(at: number, value: number): void {
    this.buffer[at] = value;
  }

  /** Overwrites four bytes that were written or reserved before. */
  putU32(at: number, value: number): void {
    const buffer = this.buffer;
    buffer[at] = value >>> 24;
    buffer[at + 1] = value >>> 16;
    buffer[at + 2] = value >>> 8;
    buffer[at + 3] = value;
  }

  /** Makes room for `size` bytes, to be overwritten, and returns where it begins. */
  reserve(size: number): number {
    const at = this.length;
    const end = at + size;
    if (end > this.buffer.length) this.grow(end);
    this.length = end;
    return at;
  }

  private grow(size: number): void {
    const larger = new Uint8Array(Math.max(size, this.buffer.length * 2));
    larger.set(this.buffer.subarray(0, this.length));
    this.buffer = larger;
    this.view = new DataView(larger.buffer);
  }
}
