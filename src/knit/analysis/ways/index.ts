export { Explorer, type ExplorerOptions, type OutsideCall } from "./explorer.ts";
