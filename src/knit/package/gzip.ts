/**
 * Compression in the gzip format (RFC 1952) on all cores, as pigz does it: each piece of the data is deflated by itself and ends at
 * a byte, and all follow each other in one stream. So the bytes depend neither on the number of cores nor on time, and pieces
 * that were compressed before can be taken as they are.
 *
 * One stream and not one for each piece, since erl_tar reads the first stream of a file only (OTP 25 to 29). That rules out
 * libdeflate, which is a third faster than zlib but cannot end a piece without ending the stream.
 */
import { type Piece, TRAILER_SIZE, encodeGzipHeader, encodeIndex, hashPiece } from "../../tar/index.ts";

/** How many pieces are compressed or wait to be written at once: 2 threads are enough for 1 MiB of each to be in use. */
const PIECES_AT_ONCE = 8;
/** A change of it needs another maker in `src/tar/piece-index.ts`. */
const LEVEL = 6;
/** In bytes; zlib takes no less than 64. */
const MIN_ROOM = 1024;

/** Where compressed bytes go, in order. */
export type Sink = (bytes: Uint8Array) => void;

/** Finds what a piece was compressed to before, by its hash and size. */
export type FindCompressed = (hash: bigint, size: number) => Uint8Array | undefined;

export interface GzipOptions {
  /** How many pieces there will be. */
  readonly pieces: number;
  /** Default: every piece is compressed. */
  readonly find?: FindCompressed | undefined;
}

/** Compresses the pieces that are added to it; `end` must be called and awaited. */
export interface GzipWriter {
  /** The bytes must stay as they are. */
  add(bytes: Uint8Array, startsUnit: boolean): Promise<void>;
  /** Gives the index, which belongs behind `INDEX_OFFSET`; `undefined` if there is no place for it. */
  end(): Promise<Uint8Array | undefined>;
}

/** Makes a writer of the gzip format. It has no time and no name in its header. */
export async function openGzip(sink: Sink, options: GzipOptions): Promise<GzipWriter> {
  // oxlint-disable-next-line no-restricted-imports -- Bun's own functions know no flush and block the event loop.
  const { deflateRaw, constants } = await import("node:zlib");
  const deflate = (piece: Uint8Array): Promise<Uint8Array> =>
    new Promise((resolve, reject) => {
      // Without room for all of it, the threads would come back for more room every 16 kB.
      const room = { finishFlush: constants.Z_SYNC_FLUSH, chunkSize: Math.max(MIN_ROOM, piece.length) };
      deflateRaw(piece, { level: LEVEL, ...room }, (error, result) => {
        if (error === null) resolve(result);
        else reject(error);
      });
    });
  return new PieceWriter(sink, options, deflate);
}

interface WaitingPiece {
  readonly startsUnit: boolean;
  readonly size: number;
  readonly hash: bigint;
  readonly compressed: Promise<Uint8Array>;
}

class PieceWriter implements GzipWriter {
  readonly #sink: Sink;
  readonly #options: GzipOptions;
  readonly #deflate: (piece: Uint8Array) => Promise<Uint8Array>;
  /** In the order of their data. */
  readonly #waiting: WaitingPiece[] = [];
  readonly #written: Piece[] = [];
  #size = 0;
  #checksum = 0;
  #isOpen = false;

  constructor(sink: Sink, options: GzipOptions, deflate: (piece: Uint8Array) => Promise<Uint8Array>) {
    this.#sink = sink;
    this.#options = options;
    this.#deflate = deflate;
  }

  async add(bytes: Uint8Array, startsUnit: boolean): Promise<void> {
    this.#checksum = Bun.hash.crc32(bytes, this.#checksum);
    this.#size += bytes.length;
    const hash = hashPiece(bytes);
    const known = this.#options.find?.(hash, bytes.length);
    const compressed = known === undefined ? this.#deflate(bytes) : Promise.resolve(known);
    // Failures are thrown where the piece is waited for, in order.
    compressed.catch(() => undefined);
    this.#waiting.push({ startsUnit, size: bytes.length, hash, compressed });
    if (this.#waiting.length >= PIECES_AT_ONCE) await this.#drain();
  }

  async end(): Promise<Uint8Array | undefined> {
    while (this.#waiting.length > 0) await this.#drain();
    this.#open();
    const trailer = Buffer.alloc(TRAILER_SIZE);
    trailer.set(EMPTY_LAST_BLOCK);
    trailer.writeUInt32LE(this.#checksum, EMPTY_LAST_BLOCK.length);
    trailer.writeUInt32LE(this.#size % 2 ** 32, EMPTY_LAST_BLOCK.length + 4);
    this.#sink(trailer);
    const { pieces } = this.#options;
    if (this.#written.length !== pieces) throw new Error(`${this.#written.length} pieces in place of ${pieces}`);
    return encodeGzipHeader(pieces).length === encodeGzipHeader(0).length ? undefined : encodeIndex(this.#written);
  }

  async #drain(): Promise<void> {
    const next = this.#waiting.shift();
    if (next === undefined) return;
    const { startsUnit, size, hash } = next;
    const compressed = await next.compressed;
    this.#open();
    this.#sink(compressed);
    const compressedHash = hashPiece(compressed);
    this.#written.push({ startsUnit, size, compressedSize: compressed.length, hash, compressedHash });
  }

  #open(): void {
    if (!this.#isOpen) this.#sink(encodeGzipHeader(this.#options.pieces));
    this.#isOpen = true;
  }
}

/** A last block with fixed codes and nothing in it. */
const EMPTY_LAST_BLOCK = Uint8Array.of(0x03, 0x00);
