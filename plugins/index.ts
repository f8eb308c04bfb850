import type { BuiltIn } from "../src/host/index.ts";

/**
 * The built-in plugins, in the order of loading and of `enit help`: a written list, so that nothing is looked for. What each
 * provides stands here too, so that a command loads the code of its own plugin only; a test compares both.
 */
export const BUILT_INS: readonly BuiltIn[] = [
  { name: "start", provides: { commands: ["start"] }, load: () => import("./start/index.ts") },
  { name: "startfg", provides: { commands: ["startfg"] }, load: () => import("./startfg/index.ts") },
  { name: "stop", provides: { commands: ["stop"] }, load: () => import("./stop/index.ts") },
  { name: "restart", provides: { commands: ["restart"] }, load: () => import("./restart/index.ts") },
  { name: "status", provides: { commands: ["status"] }, load: () => import("./status/index.ts") },
  { name: "list", provides: { commands: ["list"] }, load: () => import("./list/index.ts") },
  { name: "reconfigure", provides: { commands: ["reconfigure"] }, load: () => import("./reconfigure/index.ts") },
  { name: "update", provides: { commands: ["update"] }, load: () => import("./update/index.ts") },
  { name: "config", provides: { commands: ["config"] }, load: () => import("./config/index.ts") },
  { name: "remsh", provides: { commands: ["remsh"] }, load: () => import("./remsh/index.ts") },
  { name: "call", provides: { commands: ["call"] }, load: () => import("./call/index.ts") },
  { name: "eval", provides: { commands: ["eval"] }, load: () => import("./eval/index.ts") },
  { name: "systemd", provides: { commands: ["systemd"] }, load: () => import("./systemd/index.ts") },
  { name: "upgrade", provides: { commands: ["upgrade"] }, load: () => import("./upgrade/index.ts") },
  { name: "rollback", provides: { commands: ["rollback"] }, load: () => import("./rollback/index.ts") },
  { name: "releases", provides: { commands: ["releases"] }, load: () => import("./releases/index.ts") },
  { name: "knit-build", provides: { commands: ["knit-build"] }, load: () => import("./knit-build/index.ts") },
  {
    name: "overlay",
    provides: { overlays: ["mkdir", "copy", "template", "template_wildcard", "create", "replace"] },
    load: () => import("./overlay/index.ts"),
  },
  { name: "script", provides: { commands: ["script"] }, load: () => import("./script/index.ts") },
  { name: "relup", provides: { commands: ["relup"] }, load: () => import("./relup/index.ts") },
  { name: "appup", provides: { commands: ["appup"] }, load: () => import("./appup/index.ts") },
  { name: "lint", provides: { commands: ["lint"] }, load: () => import("./lint/index.ts") },
  { name: "spec", provides: { commands: ["spec"] }, load: () => import("./spec/index.ts") },
  { name: "beam", provides: { commands: ["beam"] }, load: () => import("./beam/index.ts") },
  { name: "term", provides: { commands: ["term"] }, load: () => import("./term/index.ts") },
  { name: "trace", provides: { commands: ["trace", "traceip", "tracefile"] }, load: () => import("./trace/index.ts") },
  { name: "top", provides: { commands: ["top"] }, load: () => import("./top/index.ts") },
  {
    name: "agent",
    provides: { commands: ["agent install", "agent send", "agent serve"] },
    load: () => import("./agent/index.ts"),
  },
  { name: "plugin", provides: { commands: ["plugin list", "plugin types"] }, load: () => import("./plugin/index.ts") },
  { name: "help", provides: { commands: ["help"] }, load: () => import("./help/index.ts") },
  { name: "version", provides: { commands: ["version"] }, load: () => import("./version/index.ts") },
];
