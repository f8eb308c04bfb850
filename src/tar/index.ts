export {
  INDEX_OFFSET,
  type Piece,
  type PieceFile,
  type PlacedPiece,
  TRAILER_SIZE,
  encodeGzipHeader,
  encodeIndex,
  hashPiece,
  openPieces,
} from "./piece-index.ts";
export { readTarball } from "./read-tarball.ts";
export type { TarChoice, TarHandler, TarMember } from "./tar-parser.ts";
