import { type BeamFile, mandatoryChunkReader } from "./beam-file.ts";
import { malformed } from "./errors.ts";

/** The beginning of the chunk `Code`: what a loader looks at before the code. */
export interface CodeHeader {
  /** The format of the instructions; 0 in every OTP of today. */
  readonly format: number;
  /** The highest opcode in the code: an emulator that does not know it refuses the file. */
  readonly maxOpcode: number;
  readonly labels: number;
  readonly functions: number;
}

/** Reads the beginning of the code. */
export function readCodeHeader(beam: BeamFile): CodeHeader {
  const reader = mandatoryChunkReader(beam, "Code");
  const offset = reader.offset;
  const size = reader.uint32();
  if (size < 16) throw malformed(`its code begins with ${size} bytes of header`, offset);
  return { format: reader.uint32(), maxOpcode: reader.uint32(), labels: reader.uint32(), functions: reader.uint32() };
}
