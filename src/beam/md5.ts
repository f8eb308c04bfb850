import { type BeamFile, chunkContent, mandatoryChunkReader } from "./beam-file.ts";
import { MANDATORY_CHUNKS, MD5_CHUNKS } from "./chunk-names.ts";

/**
 * The MD5 of the code of a module, 16 bytes, as `beam_lib:md5/1` and `Module:module_info(md5)`.
 *
 * Attributes, compile info, debug info and lines do not count; of the fun table, neither does the word that itself
 * derives from the MD5.
 */
export function beamMd5(beam: BeamFile): Uint8Array {
  for (const id of MANDATORY_CHUNKS) mandatoryChunkReader(beam, id);
  const hash = new Bun.CryptoHasher("md5");
  for (const id of MD5_CHUNKS) {
    const content = chunkContent(beam, id);
    if (content !== undefined) hash.update(id === "FunT" ? withoutOldUniq(content) : content);
  }
  return hash.digest();
}

/** A count, then entries of six words, of which the last is `OldUniq`. */
function withoutOldUniq(content: Uint8Array): Uint8Array {
  const copy = new Uint8Array(content);
  for (let entry = 4; entry + 24 <= copy.length; entry += 24) copy.fill(0, entry + 20, entry + 24);
  return copy;
}
