export { HookDriver } from "./driver.ts";
export type { HookOwner } from "./driver.ts";
