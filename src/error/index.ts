export { unlessAborted } from "./abort.ts";
export { EXIT_CODES, EnitError } from "./enit-error.ts";
export type { EnitErrorOptions, ErrorKind, SourcePosition } from "./enit-error.ts";
export { nearestName } from "./nearest.ts";
export { describeSystemError, systemCode, toFileError } from "./system-error.ts";
