/** How many bits a binary written as text may have: 64 MiB. */
export const MAX_BITS = 64 * 1024 * 1024 * 8;

/** Writes bits one after another, from the highest of each byte on. */
export class BitWriter {
  private buffer = new Uint8Array(64);
  private length = 0;

  /** How many bits were written. */
  get bits(): number {
    return this.length;
  }

  /** What was written, the bits after the last one 0. */
  finish(): { readonly bytes: Uint8Array; readonly lastBits: number } {
    return { bytes: this.buffer.slice(0, Math.ceil(this.length / 8)), lastBits: this.length % 8 || 8 };
  }

  /** Writes the lowest `bits` bits of an integer; in little-endian order the lowest byte comes first, and a part of a byte last. */
  integer(value: bigint, bits: number, little: boolean): void {
    if (bits === 8) return this.part(Number(BigInt.asUintN(8, value)), 8);
    const bytes = twosComplement(value, bits);
    const whole = Math.floor(bits / 8);
    const rest = bits % 8;
    if (!little && rest > 0) this.part(bytes[whole] as number, rest);
    this.bytes(little ? bytes.subarray(0, whole) : bytes.subarray(0, whole).reverse());
    if (little && rest > 0) this.part(bytes[whole] as number, rest);
  }

  /** Writes whole bytes. */
  bytes(bytes: Uint8Array): void {
    this.prefix(bytes, bytes.length * 8);
  }

  /** Writes the first `bits` bits of some bytes. */
  prefix(bytes: Uint8Array, bits: number): void {
    this.reserve(bits);
    const whole = Math.floor(bits / 8);
    const rest = bits % 8;
    if (this.length % 8 === 0) {
      this.buffer.set(bytes.subarray(0, whole), this.length / 8);
      this.length += whole * 8;
    } else {
      for (let i = 0; i < whole; i++) this.part(bytes[i] as number, 8);
    }
    if (rest > 0) this.part((bytes[whole] as number) >> (8 - rest), rest);
  }

  /** Writes the lowest `bits` bits, 1 to 8, of a byte. */
  private part(value: number, bits: number): void {
    this.reserve(bits);
    const at = this.length >> 3;
    const free = 8 - (this.length & 7);
    const masked = value & (0xff >> (8 - bits));
    if (bits <= free) {
      this.buffer[at] = (this.buffer[at] as number) | (masked << (free - bits));
    } else {
      this.buffer[at] = (this.buffer[at] as number) | (masked >> (bits - free));
      this.buffer[at + 1] = masked << (8 - (bits - free));
    }
    this.length += bits;
  }

  private reserve(bits: number): void {
    const size = Math.ceil((this.length + bits) / 8);
    if (size <= this.buffer.length) return;
    const larger = new Uint8Array(Math.max(size, this.buffer.length * 2));
    larger.set(this.buffer);
    this.buffer = larger;
  }
}

/** The lowest `bits` bits of an integer, lowest byte first; what is longer than the integer repeats its sign. */
function twosComplement(value: bigint, bits: number): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(bits / 8));
  if (value < 0n) bytes.fill(0xff);
  const magnitude = value < 0n ? -value : value;
  const used = Math.min(bytes.length, Math.ceil(magnitude.toString(16).length / 2) + 1);
  const hex = BigInt.asUintN(used * 8, value)
    .toString(16)
    .padStart(used * 2, "0");
  for (let i = 0; i < used; i++) bytes[i] = Number.parseInt(hex.slice(hex.length - 2 * i - 2, hex.length - 2 * i), 16);
  return bytes;
}
