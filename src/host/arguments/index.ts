export { flagNames, makeFlagTable } from "./flag-table.ts";
export type { FlagTable } from "./flag-table.ts";
export { HOST_FLAGS } from "./host-flags.ts";
export { scanWords } from "./scan.ts";
export type { GivenFlag } from "./scan.ts";
export { usageError } from "./usage-error.ts";
export type { Subject } from "./usage-error.ts";
export { positionalName, readArguments } from "./values.ts";
