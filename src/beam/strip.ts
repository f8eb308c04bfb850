import { type BeamFile, chunkContent, mandatoryChunkReader } from "./beam-file.ts";
import { LOADED_CHUNKS, MANDATORY_CHUNKS } from "./chunk-names.ts";

/**
 * The file with nothing in it but what the loader uses, and the chunks named in `keep`, as `beam_lib:strip/2`.
 *
 * Not compressed: `beam_lib` hands the same bytes to gzip, whose output depends on the zlib that an OTP was built with.
 */
export function stripBeam(beam: BeamFile, keep: readonly string[] = []): Uint8Array {
  for (const id of MANDATORY_CHUNKS) mandatoryChunkReader(beam, id);
  const parts = [...keep, ...LOADED_CHUNKS].flatMap((id) => {
    const content = chunkContent(beam, id);
    return content === undefined ? [] : [chunk(id, content)];
  });
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const header = Buffer.from("FOR1\0\0\0\0BEAM");
  header.writeUInt32BE(size + 4, 4);
  return Buffer.concat([header, ...parts]);
}

function chunk(id: string, content: Uint8Array): Uint8Array {
  const padding = (4 - (content.length % 4)) % 4;
  const bytes = Buffer.alloc(8 + content.length + padding);
  bytes.write(id, "latin1");
  bytes.writeUInt32BE(content.length, 4);
  bytes.set(content, 8);
  return bytes;
}
