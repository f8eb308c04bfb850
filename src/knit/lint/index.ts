export { preloadedOf } from "./collect.ts";
export type { ApplicationPair, LintWarning, UpgradeFacts } from "./facts.ts";
export { type IgnoredWarning, parseIgnored, readIgnored, withoutIgnored } from "./ignore.ts";
export { lintUpgrades } from "./lint.ts";
export { type LintReport, lintReleases, wayIn } from "./lint-releases.ts";
export { factsOfTarball, factsOfTree } from "./release-facts.ts";
