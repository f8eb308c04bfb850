export { applicationCodeOf, readApplicationCode } from "./application-code.ts";
export type { ApplicationCode, AppupFile } from "./application-code.ts";
export { compareModules } from "./changes.ts";
export type { ModuleChanges } from "./changes.ts";
export { type ModuleCode, isSameModule } from "./module-code.ts";
