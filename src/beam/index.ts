export { type BeamAttribute, readAttributes, readCompileInfo } from "./attributes.ts";
export { type BeamChunk, type BeamFile, openBeam } from "./beam-file.ts";
export { type CodeHeader, readCodeHeader } from "./code-header.ts";
export { type BeamFunction, type BeamImport, readExports, readImports, readLocals } from "./functions.ts";
export { beamMd5 } from "./md5.ts";
export { stripBeam } from "./strip.ts";
export { readStubs } from "./stubs.ts";
