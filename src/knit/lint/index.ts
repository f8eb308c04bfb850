export { LINT_CODES, isLintCode } from "./codes.ts";
export type { LintCode } from "./codes.ts";
export { collectFacts } from "./collect.ts";
export type { CollectOptions, ReleaseSource } from "./collect.ts";
export type { ApplicationPair, LintWarning, ReleaseFacts, UpgradeFacts } from "./facts.ts";
export { lintUpgrades } from "./lint.ts";
