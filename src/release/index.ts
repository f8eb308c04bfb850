export { withConfigValue } from "./cascade.ts";
export { configKey, configSection } from "./config-model.ts";
export type {
  ApplicationRequest,
  ConfigKey,
  ConfigOrigin,
  ConfigSection,
  ConfigValue,
  Extension,
  MergedConfig,
} from "./config-model.ts";
export { planReconfigure } from "./diff.ts";
export type { ApplicationChange, KeyChange, ReconfigureInput, ReconfigurePlan } from "./diff.ts";
export { explainConfig, maskCookie } from "./explain.ts";
export type { ExplainedKey } from "./explain.ts";
export type { Limit } from "./limits.ts";
export type { NodeSettings } from "./node-settings.ts";
export {
  findReleaseName,
  isPackaged,
  listReleaseNames,
  loadRelease,
  loadReleases,
  releaseStateDir,
} from "./release.ts";
export type { LoadOptions, LoadedRelease, Release } from "./release.ts";
export { invalidPackage, renderPackagedConfig } from "./packaged/index.ts";
export type { Environment, PackagedRelease, PackagedVersion } from "./packaged/index.ts";
export { describeRunning } from "./running-release.ts";
export { describeOrigin } from "./setting-names.ts";
export type { SettingFlags, SettingName, SettingOrigin } from "./setting-names.ts";
export { loadSettings } from "./settings.ts";
export type { HostSettings, SettingsInput } from "./settings.ts";
export { formatSysConfig, tableOf, toConfigTable, toSysConfig } from "./sys-config.ts";
export type { ConfigTable } from "./sys-config.ts";
export { readTlsCredentials } from "./tls-credentials.ts";
export { tlsClientOf, tlsFilesOf } from "./tls-settings.ts";
export { parseToml } from "./toml.ts";
export type { TomlDocument, TomlTable } from "./toml.ts";
export { formatOrigin } from "./warning.ts";
export type { Warning } from "./warning.ts";
