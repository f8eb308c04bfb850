export { EnitError, nearestName, toFileError, unlessAborted } from "../error/index.ts";
export type { AgentService, InstalledAgent, SentAgent } from "./agent.ts";
export { applicationArguments, findInPath } from "./application-path.ts";
export { readBehaviour } from "./behaviour-argument.ts";
export type { AppupOptions, BuildOptions, BuildService, LintOptions } from "./build.ts";
export type { EnitErrorOptions, ErrorKind, SourcePosition } from "../error/index.ts";
export type {
  ArgumentDefinition,
  ArgumentDefinitions,
  ArgumentValues,
  BooleanArgument,
  EnumArgument,
  NumberArgument,
  PositionalArgument,
  StringArgument,
} from "./arguments.ts";
export type { Command, CommandDefinition, Rendered, Rendering } from "./command.ts";
export type { Context, Log, ProgramStart, Progress, ProgressOptions, Successor } from "./context.ts";
export type {
  AppupChange,
  BuildFacts,
  CommandCall,
  CommandEnd,
  ConfigEntry,
  ConfigSection,
  NodeFacts,
  PackagedFile,
  ReleaseFacts,
  UpgradeFacts,
} from "./hook-payloads.ts";
export type {
  HookFacts,
  HookKind,
  HookMap,
  HookName,
  HookPayload,
  HookRunner,
  Hooks,
  HookValue,
  SeriesHandler,
  SeriesHooks,
  SeriesName,
  WaterfallHandler,
  WaterfallHooks,
  WaterfallName,
} from "./hooks.ts";
export { defineOverlay } from "./overlay.ts";
export type { Overlay, OverlayArgument, OverlayArguments, OverlayContext, OverlayDefinition } from "./overlay.ts";
export { defineCommand, definePlugin } from "./plugin.ts";
export type { DefinedCommand, Plugin, PluginDefinition } from "./plugin.ts";
export type { CommandInfo, FlagInfo, HostService, PluginInfo, PositionalInfo, Provides, Services } from "./services.ts";
export type { LiveScreen, ScreenEvent, ScreenOptions } from "./screen.ts";
export type { Cell, TreeNode, Ui } from "./ui.ts";
export {
  debugArguments,
  describeRetry,
  readStartArguments,
  readStopArguments,
  releaseArguments,
  startArguments,
  stopArguments,
} from "./release-arguments.ts";
export { restartRelease } from "./restart.ts";
export { settingFlags } from "./setting-flags.ts";
export { formatUptime } from "./uptime.ts";
export type {
  ConfigChangeAnswer,
  EvaluateOptions,
  ForegroundOptions,
  FunctionCall,
  MatchOption,
  NodeApplication,
  NodeStatus,
  PlannedReconfiguration,
  ReleaseListing,
  ReleaseLoadOptions,
  ReleaseProcess,
  ReleaseService,
  ReleaseState,
  StartedRelease,
  StartOptions,
  StartStep,
  StopOptions,
  StoppedRelease,
  WaitOptions,
} from "./releases.ts";
export type { LiveTrace, TraceOptions, TracingService } from "./tracing.ts";
export type { UpgradeProgress, UpgradeService, UpgradeServiceOptions } from "./upgrade.ts";
export type {
  NodeSampler,
  SampleRequest,
  TopApplication,
  TopCount,
  TopOrder,
  TopProcess,
  TopRate,
  TopSample,
} from "./top.ts";
export type { UpdateResult, UpdateService } from "./update.ts";
export type { CallOptions, NodeConnection } from "../dist/index.ts";
export type { ConfigOrigin, ExplainedKey, KeyChange, ReconfigurePlan, Release } from "../release/index.ts";
export type { AppupPreview, LintReport } from "../knit/index.ts";
export type { Term } from "../term/index.ts";
export type { TraceEnd, TracedMessage } from "../trace/index.ts";
export type {
  ApplicationChange,
  Obstacle,
  ParameterChanges,
  PlannedChange,
  Problem,
  ReleaseVersion,
  UpdatePlan,
  UpgradePlan,
  UpgradeResult,
  UpgradeStep,
  UpgradeTarget,
} from "../upgrade/index.ts";
export type { LaunchPlan, RestartNeed } from "../vm/index.ts";
