/**
 * Compression in the gzip format (RFC 1952) on all cores, as pigz does it: the data is cut into pieces of one size, each is
 * deflated by itself and ends at a byte, and all follow each other in one stream. So the bytes depend neither on the number
 * of cores nor on time.
 *
 * One stream and not one for each piece, since erl_tar reads the first stream of a file only (OTP 25 to 29). That rules out
 * libdeflate, which is a third faster than zlib but cannot end a piece without ending the stream.
 */
/** Smaller pieces compress worse, by 0.1 % at this size; larger ones leave cores idle at the end. */
const PIECE_SIZE = 512 * 1024;
/** How many pieces are compressed or wait to be written at once: 2 threads are enough for 1 MiB of each to be in use. */
const PIECES_AT_ONCE = 8;
const LEVEL = 6;

/** Where compressed bytes go, in order. */
export type Sink = (bytes: Uint8Array) => void | Promise<void>;

/** Compresses what is written to it; `end` must be called and awaited. */
export interface GzipWriter {
  /** The bytes may be used again once this returns. */
  write(bytes: Uint8Array): Promise<void>;
  end(): Promise<void>;
}

/** Makes a writer of the gzip format. It has no time and no name in its header. */
export async function openGzip(sink: Sink): Promise<GzipWriter> {
  // oxlint-disable-next-line no-restricted-imports -- Bun's own functions know no flush and block the event loop.
  const { deflateRaw, constants } = await import("node:zlib");
  return new PieceWriter(sink, { deflateRaw, flush: constants.Z_SYNC_FLUSH });
}

interface Compressor {
  readonly deflateRaw: (typeof import("node:zlib"))["deflateRaw"];
  /** The flush after which a piece ends at a byte. */
  readonly flush: number;
}

class PieceWriter implements GzipWriter {
  readonly #sink: Sink;
  readonly #zlib: Compressor;
  #piece = new Uint8Array(PIECE_SIZE);
  #filled = 0;
  #size = 0;
  #checksum = 0;
  /** Pieces in the order of their data. */
  readonly #waiting: Promise<Uint8Array>[] = [];
  #isOpen = false;

  constructor(sink: Sink, compressor: Compressor) {
    this.#sink = sink;
    this.#zlib = compressor;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + PIECE_SIZE - this.#filled);
      this.#piece.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === PIECE_SIZE) await this.#next();
    }
  }

  async end(): Promise<void> {
    if (this.#filled > 0) await this.#next();
    while (this.#waiting.length > 0) await this.#drain();
    await this.#open();
    const trailer = Buffer.alloc(EMPTY_LAST_BLOCK.length + 8);
    trailer.set(EMPTY_LAST_BLOCK);
    trailer.writeUInt32LE(this.#checksum, EMPTY_LAST_BLOCK.length);
    trailer.writeUInt32LE(this.#size % 2 ** 32, EMPTY_LAST_BLOCK.length + 4);
    await this.#sink(trailer);
  }

  async #next(): Promise<void> {
    const piece = this.#piece.subarray(0, this.#filled);
    this.#checksum = Bun.hash.crc32(piece, this.#checksum);
    this.#size += piece.length;
    this.#piece = new Uint8Array(PIECE_SIZE);
    this.#filled = 0;
    const compressed = this.#deflate(piece);
    // Failures are thrown where the piece is waited for, in order.
    compressed.catch(() => undefined);
    this.#waiting.push(compressed);
    if (this.#waiting.length >= PIECES_AT_ONCE) await this.#drain();
  }

  async #drain(): Promise<void> {
    const next = this.#waiting.shift();
    if (next === undefined) return;
    await this.#open();
    await this.#sink(await next);
  }

  async #open(): Promise<void> {
    if (this.#isOpen) return;
    this.#isOpen = true;
    await this.#sink(HEADER);
  }

  #deflate(piece: Uint8Array): Promise<Uint8Array> {
    const { deflateRaw, flush } = this.#zlib;
    return new Promise((resolve, reject) => {
      // Without room for all of it, the threads would come back for more room every 16 kB.
      deflateRaw(piece, { level: LEVEL, finishFlush: flush, chunkSize: PIECE_SIZE }, (error, result) => {
        if (error === null) resolve(result);
        else reject(error);
      });
    });
  }
}

/** Magic number, deflate, no flags, no time, no extra flags, Unix. */
const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3);
/** A last block with fixed codes and nothing in it. */
const EMPTY_LAST_BLOCK = Uint8Array.of(0x03, 0x00);
