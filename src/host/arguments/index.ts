export { flagNames, makeFlagTable } from "./flag-table.ts";
export type { Flag, FlagTable } from "./flag-table.ts";
export { HOST_FLAGS } from "./host-flags.ts";
export { scanWords } from "./scan.ts";
export { positionalName, readArguments } from "./values.ts";
