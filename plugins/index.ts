import type { BuiltIn } from "../src/host/index.ts";

/**
 * The built-in plugins, in the order of loading and of `enit help`: a written list, so that nothing is looked for. What each
 * provides stands here too, so that a command loads the code of its own plugin only; a test compares both.
 */
export const BUILT_INS: readonly BuiltIn[] = [
  { name: "script", provides: { commands: ["script"] }, load: () => import("./script/index.ts") },
  { name: "term", provides: { commands: ["term"] }, load: () => import("./term/index.ts") },
  { name: "plugin", provides: { commands: ["plugin list"] }, load: () => import("./plugin/index.ts") },
  { name: "help", provides: { commands: ["help"] }, load: () => import("./help/index.ts") },
  { name: "version", provides: { commands: ["version"] }, load: () => import("./version/index.ts") },
];
