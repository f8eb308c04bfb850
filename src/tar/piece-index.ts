/**
 * The index of the pieces of a `.tar.gz` file, in the extra field of its gzip header (RFC 1952, 2.3.1.1), which other programs
 * pass over. With it, a piece is found without inflating those before it, and known without inflating itself.
 *
 * The subfield `EN`: 8 bytes who made the pieces, then 24 bytes for each piece: its size (4 bytes, the highest bit set where a unit
 * begins), its size compressed (4), the hash of its bytes (8), and that of its compressed bytes (8). All is little-endian.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { toFileError } from "../error/index.ts";

export interface Piece {
  readonly startsUnit: boolean;
  /** In bytes. */
  readonly size: number;
  readonly compressedSize: number;
  /** Of its bytes, with `hashPiece`. */
  readonly hash: bigint;
  readonly compressedHash: bigint;
}

/** A piece of a file. */
export interface PlacedPiece extends Piece {
  /** Where its compressed bytes begin. */
  readonly offset: number;
}

const FIXED_SIZE = 10;
const MAKER_SIZE = 8;
const RECORD_SIZE = 24;
const MAX_EXTRA = 0xffff;
/** An empty last block, and the checksum and size of all. */
export const TRAILER_SIZE = 10;
const STARTS_UNIT = 0x80000000;

/** How pieces are compressed: what another maker made has other bytes and may have other hashes. */
const MAKER = Bun.hash(`${Bun.revision} level 6`);

/** It tells pieces apart that nobody made to look alike, which is all that is asked of it. */
export function hashPiece(bytes: Uint8Array): bigint {
  return Bun.hash(bytes);
}

/** The header of a gzip file with so many pieces, without what is not known before they are made. Too many have no index. */
export function encodeGzipHeader(pieces: number): Uint8Array {
  const size = 4 + MAKER_SIZE + RECORD_SIZE * pieces;
  const hasIndex = pieces > 0 && size <= MAX_EXTRA;
  const header = Buffer.alloc(FIXED_SIZE + (hasIndex ? 2 + size : 0));
  // Magic number, deflate, flags, no time, no extra flags, Unix.
  header.set([0x1f, 0x8b, 8, hasIndex ? 4 : 0, 0, 0, 0, 0, 0, 3]);
  if (!hasIndex) return header;
  header.writeUInt16LE(size, FIXED_SIZE);
  header.write("EN", FIXED_SIZE + 2, "latin1");
  header.writeUInt16LE(size - 4, FIXED_SIZE + 4);
  header.writeBigUInt64LE(MAKER, FIXED_SIZE + 6);
  return header;
}

/** What belongs behind `INDEX_OFFSET` of a header for these pieces. */
export function encodeIndex(pieces: readonly Piece[]): Uint8Array {
  const index = Buffer.alloc(RECORD_SIZE * pieces.length);
  for (const [i, { startsUnit, size, compressedSize, hash, compressedHash }] of pieces.entries()) {
    const at = i * RECORD_SIZE;
    index.writeUInt32LE(size + (startsUnit ? STARTS_UNIT : 0), at);
    index.writeUInt32LE(compressedSize, at + 4);
    index.writeBigUInt64LE(hash, at + 8);
    index.writeBigUInt64LE(compressedHash, at + 16);
  }
  return index;
}

export const INDEX_OFFSET = FIXED_SIZE + 2 + 4 + MAKER_SIZE;

/** A file whose pieces are known. */
export interface PieceFile extends Disposable {
  readonly pieces: readonly PlacedPiece[];
  /** The compressed bytes of a piece, checked; `undefined` if they are damaged. Throws `file_unreadable`. */
  readonly read: (piece: PlacedPiece) => Uint8Array | undefined;
}

/** Opens a file by the index in it; `undefined` if it has none, or one of another maker. Throws `file_unreadable`. */
export function openPieces(file: string): PieceFile | undefined {
  const reading = <T>(read: () => T): T => {
    try {
      return read();
    } catch (error) {
      throw toFileError(error, { code: "file_unreadable", action: "read", path: file });
    }
  };
  const input = reading(() => openSync(file, "r"));
  const readAt = (offset: number, size: number): Buffer | undefined => {
    const bytes = Buffer.allocUnsafe(size);
    return reading(() => readSync(input, bytes, 0, size, offset)) === size ? bytes : undefined;
  };
  const pieces = readIndex(readAt, () => reading(() => fstatSync(input).size));
  if (pieces === undefined) {
    closeSync(input);
    return undefined;
  }
  return {
    pieces,
    read: ({ offset, compressedSize, compressedHash }) => {
      const bytes = readAt(offset, compressedSize);
      return bytes !== undefined && hashPiece(bytes) === compressedHash ? bytes : undefined;
    },
    [Symbol.dispose]: () => closeSync(input),
  };
}

function readIndex(
  readAt: (offset: number, size: number) => Buffer | undefined,
  fileSize: () => number,
): PlacedPiece[] | undefined {
  const head = readAt(0, INDEX_OFFSET);
  const isOurs =
    head?.readUInt32LE(0) === 0x04088b1f &&
    head.toString("latin1", FIXED_SIZE + 2, FIXED_SIZE + 4) === "EN" &&
    head.readUInt16LE(FIXED_SIZE) === head.readUInt16LE(FIXED_SIZE + 4) + 4 &&
    head.readBigUInt64LE(FIXED_SIZE + 6) === MAKER;
  if (!isOurs) return undefined;
  const size = head.readUInt16LE(FIXED_SIZE + 4) - MAKER_SIZE;
  const index = size % RECORD_SIZE === 0 ? readAt(INDEX_OFFSET, size) : undefined;
  if (index === undefined) return undefined;
  const pieces: PlacedPiece[] = [];
  let offset = INDEX_OFFSET + size;
  for (let at = 0; at < size; at += RECORD_SIZE) {
    const word = index.readUInt32LE(at);
    const compressedSize = index.readUInt32LE(at + 4);
    pieces.push({
      startsUnit: word >= STARTS_UNIT,
      size: word % STARTS_UNIT,
      compressedSize,
      hash: index.readBigUInt64LE(at + 8),
      compressedHash: index.readBigUInt64LE(at + 16),
      offset,
    });
    offset += compressedSize;
  }
  // What was cut off, or added to, is read as any other file, so that it is found out what is wrong with it.
  return offset + TRAILER_SIZE === fileSize() ? pieces : undefined;
}
