export type { CodeEvent } from "./evaluate.ts";
export { fingerprint } from "./fingerprint.ts";
export { ModuleAnalysis } from "./module-analysis.ts";
export { Explorer, type ExplorerOptions, type OutsideCall } from "./ways/index.ts";
export { type Value, atomOf, findFun, listOf, mapValueOf, termOf, tupleOf } from "./value.ts";
