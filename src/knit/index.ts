export { type AppupWay, Behaviours, makeApplicationAppup } from "./appup/index.ts";
export { buildRelease } from "./build.ts";
export type {
  BuildFacts,
  BuildPlugins,
  BuildProgress,
  BuildRequest,
  BuildResult,
  BuildTools,
} from "./build-request.ts";
export { type ApplicationCode, compareModules, type ModuleChanges, readApplicationCode } from "./code/index.ts";
export type { BuildWarning } from "./config/config.ts";
export { lintReleases, parseIgnored } from "./lint/index.ts";
export type { LintReport } from "./lint/index.ts";
export { previewAppups } from "./preview/index.ts";
export type { AppupPreview } from "./preview/index.ts";
export type { OverlayOperation, OverlayOperations } from "./overlay/run-overlays.ts";
export type { OverlayWorkspace } from "./overlay/workspace.ts";
