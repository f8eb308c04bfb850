export { parseApplicationFile, readApplication } from "./application.ts";
export type { AppSpec } from "./application.ts";
export { findApplications, libraryDirs } from "./applications.ts";
export type { ApplicationIndex, ApplicationPlaces } from "./applications.ts";
export { findAppupScript, parseAppup, readAppupIfAny } from "./appup.ts";
export type { Appup, AppupScript, UpgradeDirection } from "./appup.ts";
export { readBootFacts } from "./boot-facts.ts";
export { readEmulatorLimits, whyNotLoaded } from "./emulator-limits.ts";
export type { EmulatorLimits } from "./emulator-limits.ts";
export {
  listDirectoryIfAny,
  readFileIfAny,
  readWholeFile,
  statIfAny,
  writeFileAtomically,
  writeFilesAtomically,
} from "./files.ts";
export type { NewFile } from "./files.ts";
export { findOtp } from "./installation.ts";
export type { FindOtpOptions, OtpInstallation } from "./installation.ts";
export { START_TYPES, parseRelease, parseReleaseFile, readReleaseFile, releaseToTerm } from "./rel.ts";
export type { ReleaseApplication, ReleaseSpec, StartType } from "./rel.ts";
export { installRelease, readReleasesFile, releasesToTerm } from "./releases-file.ts";
export type { InstallReleaseOptions, InstalledLibrary, InstalledRelease, ReleaseStatus } from "./releases-file.ts";
export { type RegExpOptions, translateRegExp } from "./regexp/index.ts";
export { evaluateSpec, makeTargetSpec, specToTerm, termToSpec } from "./reltool/index.ts";
export type {
  EvaluateOptions,
  ReltoolWarning,
  SpecItem,
  SysConfig,
  TargetSpec,
  TargetSpecOptions,
} from "./reltool/index.ts";
export { makeRelup } from "./relup/index.ts";
export type { OlderRelease, Relup, RelupOptions, RelupWarning, UpgradePath } from "./relup/index.ts";
export { resolveApplications } from "./resolve.ts";
export type { ApplicationRequest, ResolvedApplication } from "./resolve.ts";
export { encodeBoot, makeScript } from "./script.ts";
export type { Script, ScriptOptions } from "./script.ts";
export type { ScriptWarning } from "./script-warning.ts";
export { expandSearchPath } from "./search-path.ts";
export { formatStartErlData, parseStartErlData } from "./start-erl-data.ts";
export type { StartErlData } from "./start-erl-data.ts";
export { formatTermFile, parseTermFile, readTermFile, writeTermFile } from "./term-file.ts";
export type { TermFile, TermFileOptions } from "./term-file.ts";
export { compareVersions } from "./version.ts";
export { readZip } from "./zip/index.ts";
export type { ZipEntry } from "./zip/index.ts";
