export type { BuiltIn } from "./plugins/index.ts";
export { runHost } from "./run.ts";
export type { HostOptions } from "./run.ts";
export { runVmTask } from "./vm-task.ts";
