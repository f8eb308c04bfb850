export { connectVm } from "./connect-vm.ts";
export type { LaunchOrder } from "./execute.ts";
export {
  type Generation,
  moveGeneration,
  readStarts,
  removeGeneration,
  switchGeneration,
  writeGeneration,
} from "./generation.ts";
export { prepareForeignShell } from "./foreign-shell.ts";
export { installAgent } from "./install-agent.ts";
export { runInternal } from "./internal.ts";
export { asOwnerOf } from "./identity.ts";
export { findKept, keepCode, type KeptLibrary, pruneKept } from "./kept-code.ts";
export { lockState } from "./lock.ts";
export type { LaunchPlan } from "./plan.ts";
export { checkLaunch } from "./prepare.ts";
export type { PrepareOptions } from "./prepare.ts";
export { readStartPhase } from "./progress.ts";
export type { StartPhase } from "./progress.ts";
export type { StartEvent, StartFailure } from "./start-event.ts";
export { releaseCommand } from "./release-command.ts";
export type { ReleasePlaces } from "./release-command.ts";
export { prepareRemoteShell } from "./remote-shell.ts";
export type { RemoteShell } from "./remote-shell.ts";
export { sendAgent, sendModules } from "./send-agent.ts";
export { readRunningEnvironment } from "./running-environment.ts";
export { findRestartNeeds } from "./started-from.ts";
export type { RestartNeed } from "./started-from.ts";
export { prepareForeground, startRelease } from "./start.ts";
export type { ForegroundStart, StartOptions } from "./start.ts";
export { readVmCookie, statePaths } from "./state-paths.ts";
export type { StatePaths } from "./state-paths.ts";
export { osPidOf, stopNode } from "./stop-node.ts";
export { stopRelease } from "./stop.ts";
export type { StopOptions, StopResult } from "./stop.ts";
export { readSysConfig, runningVersion, writeRenderedConfig, writeSysConfig } from "./sys-config-file.ts";
export { findInstalledSystem } from "./system.ts";
export type { InstalledSystem, ReleaseSystem } from "./system.ts";
export { findRunningVm, mayControl, noteTried, notRunning } from "./vm-record.ts";
export type { RunningVm, VmIdentification } from "./vm-record.ts";
