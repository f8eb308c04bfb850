export { invalidPackage } from "./packaged-files.ts";
export { readPackagedRelease, renderPackagedConfig } from "./packaged-release.ts";
export type { PackagedRelease, PackagedVersion } from "./packaged-release.ts";
export type { Environment } from "./variables.ts";
