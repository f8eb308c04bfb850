/**
 * The container of a BEAM file: IFF form `FOR1` of type `BEAM`, a row of chunks (4 bytes name, 4 bytes size, content,
 * padding to 4 bytes), as it is or compressed by gzip.
 *
 * Source: stdlib's `beam_lib` and compiler's `beam_asm` of OTP 25 to 29. Reading a file costs its chunk names; what is in
 * a chunk is decoded when it is asked for.
 */
import { type AtomTable, openAtomTable } from "./atom-table.ts";
import { ByteReader } from "./byte-reader.ts";
import { malformed } from "./errors.ts";

/** One chunk; offset and size in bytes, of its content in the inflated file. */
export interface BeamChunk {
  /** Four characters: `Code`, `AtU8`. */
  readonly id: string;
  readonly offset: number;
  readonly size: number;
}

/** A BEAM file that was opened. */
export interface BeamFile {
  /** The name of the module: the first atom of the file. */
  readonly module: string;
  /** In the order of the file. */
  readonly chunks: readonly BeamChunk[];
  readonly atoms: AtomTable;
  /** The whole file, inflated. */
  readonly bytes: Uint8Array;
}

/** No BEAM file is larger, inflated; a bound for what a hostile gzip stream may cost. */
const MAX_BYTES = 512 * 1024 * 1024;

/** `FOR1`, size, `BEAM`. */
const HEADER_SIZE = 12;

/**
 * Opens a BEAM file, compressed or not.
 *
 * @throws EnitError `beam_malformed` (data: `offset`) if the bytes are none, or are damaged.
 */
export function openBeam(bytes: Uint8Array): BeamFile {
  const inflated = inflate(bytes);
  const chunks = readChunkTable(inflated);
  const atomChunk = chunks.find(({ id }) => id === "AtU8") ?? chunks.find(({ id }) => id === "Atom");
  if (atomChunk === undefined) throw malformed("it has no atoms", inflated.length);
  const content = inflated.subarray(atomChunk.offset, atomChunk.offset + atomChunk.size);
  const atoms = openAtomTable(content, atomChunk.offset, atomChunk.id === "AtU8" ? "utf8" : "latin1");
  return { module: atoms.name(1), chunks, atoms, bytes: inflated };
}

/** The content of the first chunk of this name, not copied; `undefined` if there is none. */
export function chunkContent(beam: BeamFile, id: string): Uint8Array | undefined {
  const chunk = beam.chunks.find((each) => each.id === id);
  return chunk && beam.bytes.subarray(chunk.offset, chunk.offset + chunk.size);
}

/** A reader of the first chunk of this name. */
export function chunkReader(beam: BeamFile, id: string): ByteReader | undefined {
  const chunk = beam.chunks.find((each) => each.id === id);
  return chunk && new ByteReader(beam.bytes.subarray(chunk.offset, chunk.offset + chunk.size), chunk.offset);
}

/** As `chunkReader`, for a chunk that every BEAM file has. */
export function mandatoryChunkReader(beam: BeamFile, id: string): ByteReader {
  const reader = chunkReader(beam, id);
  if (reader === undefined) throw malformed(`it has no chunk "${id}"`, beam.bytes.length);
  return reader;
}

function inflate(bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    // Compressed files are rare: zlib, which takes its time to load, is loaded for the first one.
    return process.getBuiltinModule("node:zlib").gunzipSync(bytes, { maxOutputLength: MAX_BYTES });
  } catch (cause) {
    throw malformed("it cannot be decompressed", 0, cause);
  }
}

function readChunkTable(bytes: Uint8Array): BeamChunk[] {
  const reader = new ByteReader(bytes);
  if (bytes.length < HEADER_SIZE || idText(reader) !== "FOR1") throw malformed("it does not begin with FOR1", 0);
  // The size of the form is not looked at by OTP either: what counts is where the bytes end.
  reader.uint32();
  if (idText(reader) !== "BEAM") throw malformed("its form is not of type BEAM", 8);
  const chunks: BeamChunk[] = [];
  while (reader.left > 0) {
    const id = idText(reader);
    const size = reader.uint32();
    const offset = reader.offset;
    reader.skip(size);
    chunks.push({ id, offset, size });
    const padding = (4 - (size % 4)) % 4;
    // The padding of the last chunk may be left out.
    reader.skip(Math.min(padding, reader.left));
  }
  return chunks;
}

function idText(reader: ByteReader): string {
  return String.fromCharCode(reader.uint8(), reader.uint8(), reader.uint8(), reader.uint8());
}
