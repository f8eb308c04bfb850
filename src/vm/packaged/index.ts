export { completePackage, findPackagedSystem, SHELL_BOOT } from "./system.ts";
