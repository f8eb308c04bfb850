export { makeRelup } from "./relup.ts";
export type { OlderRelease, Relup, RelupOptions, UpgradePath } from "./relup.ts";
export type { RelupWarning } from "./warning.ts";
