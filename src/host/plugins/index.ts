export type { PluginDirectory } from "./discover.ts";
export { PluginRegistry } from "./registry.ts";
export type { PluginEntry } from "./registry.ts";
export type { BuiltIn } from "./source.ts";
