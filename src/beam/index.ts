export { type BeamAttribute, readAttributes, readCompileInfo } from "./attributes.ts";
export { type BeamChunk, type BeamFile, openBeam } from "./beam-file.ts";
export { type CodeHeader, readCodeHeader } from "./code-header.ts";
export {
  type BeamFunction,
  type BeamImport,
  readExports,
  readImportTable,
  readImports,
  readLocals,
  readUsedModules,
} from "./functions.ts";
export { inBeamFile } from "./errors.ts";
export { countLiterals, hasPlainLiterals } from "./literals.ts";
export { beamMd5 } from "./md5.ts";
export { stripBeam } from "./strip.ts";
export { readStubs } from "./stubs.ts";
