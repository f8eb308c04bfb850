export type { Limit } from "./limits.ts";
export { SETTINGS, describeOrigin } from "./setting-names.ts";
export type { SettingFlags, SettingName, SettingOrigin } from "./setting-names.ts";
export { loadSettings } from "./settings.ts";
export type { HostSettings, SettingsInput } from "./settings.ts";
export { parseToml } from "./toml.ts";
export type { TomlDocument, TomlTable } from "./toml.ts";
export type { Warning } from "./warning.ts";
