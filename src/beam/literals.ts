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
  if (content.length !== size || size < 4) throw malformed("its literals inflate to another size", offset);
  return content.readUInt32BE(0);
}

function inflate(content: Uint8Array, size: number, offset: number): Buffer {
  try {
    return process.getBuiltinModule("node:zlib").inflateSync(content, { maxOutputLength: size });
  } catch (cause) {
    throw malformed("its literals cannot be inflated", offset, cause);
  }
}
