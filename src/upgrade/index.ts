export type { Obstacle } from "./dynamic/obstacle.ts";
export type { PlanHooks, PlannedChange, UpdatePlan } from "./dynamic/plan.ts";
export { type DynamicRelease, finishInterrupted, installGeneration, planDynamicUpdate } from "./dynamic/update.ts";
export { installRelease } from "./install/install.ts";
export type { InstallEvents, InstallRequest, Installed } from "./install/install.ts";
export type { InstallLimits } from "./install/run.ts";
export type { Problem, ProblemKind } from "./problem.ts";
export { readInstalledReleases } from "./release-files.ts";
export type { ReleasePlaces, UpgradeRelease, UpgradeSide } from "./release-files.ts";
export { effectsOf, findScript, parseRelup, readRelup } from "./script.ts";
export type { Relup, ScriptEffects, UpgradeScript } from "./script.ts";
export { lockUpgrade } from "./lock.ts";
export { makePlan } from "./plan.ts";
export type { ApplicationChange, PlanInput, UpgradePlan } from "./plan.ts";
export { openSession, upgradeVmOf } from "./session.ts";
export type { UpgradeSession } from "./session.ts";
export type { UpgradeStep } from "./step.ts";
export { sendAgent } from "./vm/agent.ts";
export { readVmFacts } from "./vm/facts.ts";
export type { VmFacts } from "./vm/facts.ts";
export {
  checkInstall,
  knownReleases,
  makePermanent,
  removeRelease,
  runningRelease,
  setRemoved,
  setUnpacked,
} from "./vm/handler.ts";
export type { KnownRelease } from "./vm/handler.ts";
export type { UpgradeVm } from "./vm/link.ts";
export { planUpgrade, upgradeRelease } from "./upgrade.ts";
export type { UpgradeOptions, UpgradeResult, UpgradeTarget } from "./upgrade.ts";
export { listVersions, removeVersion } from "./versions.ts";
export type { ReleaseVersion } from "./versions.ts";
