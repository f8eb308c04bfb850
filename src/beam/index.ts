export { type BeamAttribute, readAttributes, readCompileInfo } from "./attributes.ts";
export { type BeamChunk, type BeamFile, openBeam } from "./beam-file.ts";
export { type FunctionCode, type Instruction, readFunctionCode } from "./code.ts";
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
export { type BeamFun, readFuns } from "./funs.ts";
export { readRecords } from "./debug-info.ts";
export { inBeamFile } from "./errors.ts";
export { countLiterals, hasPlainLiterals, openLiterals } from "./literals.ts";
export { beamMd5 } from "./md5.ts";
export { OPCODE } from "./opcodes.ts";
export type { Operand } from "./operands.ts";
export { stripBeam } from "./strip.ts";
export { readStubs } from "./stubs.ts";
