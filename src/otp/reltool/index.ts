export type { SysConfig } from "./config.ts";
export type { ReltoolWarning } from "./option-error.ts";
export { type EvaluateOptions, evaluateSpec } from "./evaluate.ts";
export { termToSpec } from "./parse-spec.ts";
export { specToTerm } from "./spec-term.ts";
export type { SpecItem } from "./spec.ts";
export { type TargetSpec, type TargetSpecOptions, makeTargetSpec } from "./target-spec.ts";
