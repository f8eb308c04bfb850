export { type BuiltUpgrade, describeUpgrade } from "./built-upgrade.ts";
export { packUpgrade } from "./pack-upgrade.ts";
export { type UpgradePlan, planUpgrade } from "./plan-upgrade.ts";
