import type { ModuleAnalysis } from "../analysis/index.ts";
import type { OtpBehaviour } from "../appup/index.ts";
import type { Side } from "./way.ts";

/** What kind of process runs a module: one of a behaviour of OTP, or one that handles system messages by itself. */
export type ProcessKind = Exclude<OtpBehaviour, "supervisor_bridge"> | "special";

/** Tells what kind of process runs a module, behaviours built on others followed; `undefined` if none does that is known. */
export function processKindOf(analysis: ModuleAnalysis, { behaviours }: Side): ProcessKind | undefined {
  const behaviour = behaviours.resolve(analysis.module)?.behaviour;
  if (behaviour !== undefined) return behaviour === "supervisor_bridge" ? undefined : behaviour;
  return ["system_continue/3", "system_terminate/4"].every((each) => analysis.exports.has(each))
    ? "special"
    : undefined;
}

/** The behaviours between a module and that of OTP, which calls the functions of theirs. */
export function basesOf({ module }: ModuleAnalysis, { behaviours }: Side): readonly string[] {
  return behaviours.resolve(module)?.chain.slice(0, -1) ?? [];
}

/** The function that converts the state of a process of this kind, as `name/arity`; none for a supervisor. */
export function converterOf(kind: ProcessKind): string | undefined {
  if (kind === "supervisor") return undefined;
  if (kind === "special") return "system_code_change/4";
  return kind === "gen_server" || kind === "gen_event" ? "code_change/3" : "code_change/4";
}
