import { EnitError } from "../error/index.ts";
import { type Term, decodeTerm } from "../term/index.ts";
import { type BeamFile, chunkReader } from "./beam-file.ts";
import { ByteReader } from "./byte-reader.ts";
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
  return literalReader(beam)?.uint32() ?? 0;
}

/**
 * The literals of a module by their numbers, from 0 on; each is decoded when it is asked for.
 *
 * What is given throws `beam_malformed` for a number that no literal has, or whose content is no term.
 */
export function openLiterals(beam: BeamFile): (index: number) => Term {
  const reader = literalReader(beam);
  const contents = reader === undefined ? [] : readContents(reader);
  const terms: (Term | undefined)[] = [];
  return (index) => {
    const content = contents[index];
    if (content === undefined) throw malformed(`it has no literal ${index}`, beam.bytes.length);
    return (terms[index] ??= decodeLiteral(content, index, beam));
  };
}

function decodeLiteral(content: Uint8Array, index: number, beam: BeamFile): Term {
  try {
    return decodeTerm(content);
  } catch (cause) {
    if (!(cause instanceof EnitError)) throw cause;
    throw malformed(`literal ${index} is no term`, beam.bytes.length, cause);
  }
}

function readContents(reader: ByteReader): Uint8Array[] {
  const contents: Uint8Array[] = [];
  for (let left = reader.uint32(); left > 0; left--) contents.push(reader.bytes(reader.uint32()));
  return contents;
}

/** A reader of the table: the number of literals, then each behind its size; offsets are those in the inflated table. */
function literalReader(beam: BeamFile): ByteReader | undefined {
  const reader = chunkReader(beam, "LitT");
  if (reader === undefined) return undefined;
  const { offset } = reader;
  const size = reader.uint32();
  if (size === 0) return reader;
  const content = inflate(reader.bytes(reader.left), size, offset);
  if (content.length !== size) throw malformed("its literals inflate to another size", offset);
  return new ByteReader(content);
}

/** DEFLATE makes at most so many bytes of one. */
const MAX_RATIO = 1032;

/** Inflates a zlib stream. `node:zlib`, which could stop at a size, takes 20 ms to load. */
function inflate(content: Uint8Array, size: number, offset: number): Uint8Array {
  if (size > content.length * MAX_RATIO) throw malformed("its literals cannot have the size that they say", offset);
  try {
    return Bun.inflateSync(Buffer.from(content), { windowBits: 15 });
  } catch (cause) {
    throw malformed("its literals cannot be inflated", offset, cause);
  }
}
