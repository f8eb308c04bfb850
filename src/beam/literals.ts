import { type BeamFile, chunkReader } from "./beam-file.ts";
import { malformed } from "./errors.ts";

/**
 * Whether the table of literals is stored as it is, as from OTP 28 on; up to 27 it is compressed. `undefined` if the
 * module has no literals.
 */
export function hasPlainLiterals(beam: BeamFile): boolean | undefined {
  const reader = chunkReader(beam, "LitT");
  // The size before compression, which is never 0.
  return reader && reader.uint32() === 0;
}

/** The number of literals in a module. */
export function countLiterals(beam: BeamFile): number {
  const reader = chunkReader(beam, "LitT");
  if (reader === undefined) return 0;
  const { offset } = reader;
  const size = reader.uint32();
  if (size === 0) return reader.uint32();
  const content = inflate(reader.bytes(reader.left), size, offset);
  if (content.byteLength !== size || size < 4) throw malformed("its literals inflate to another size", offset);
  return content.getUint32(0);
}

/** DEFLATE makes at most so many bytes of one. */
const MAX_RATIO = 1032;

/** Inflates a zlib stream. `node:zlib`, which could stop at a size, takes 20 ms to load. */
function inflate(content: Uint8Array, size: number, offset: number): DataView {
  if (size > content.length * MAX_RATIO) throw malformed("its literals cannot have the size that they say", offset);
  try {
    const { buffer, byteOffset, byteLength } = Bun.inflateSync(Buffer.from(content), { windowBits: 15 });
    return new DataView(buffer, byteOffset, byteLength);
  } catch (cause) {
    throw malformed("its literals cannot be inflated", offset, cause);
  }
}
