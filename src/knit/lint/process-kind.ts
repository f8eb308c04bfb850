import type { ModuleAnalysis } from "../analysis/index.ts";
import type { Side } from "./way.ts";

/** The behaviours of OTP whose processes change their state by `code_change`, with its arity. */
const CODE_CHANGE_ARITY = { gen_server: 3, gen_event: 3, gen_statem: 4, gen_fsm: 4 } as const;

/** What kind of process runs a module: one of a behaviour of OTP, or one that handles system messages by itself. */
export type ProcessKind = keyof typeof CODE_CHANGE_ARITY | "supervisor" | "special";

/** Tells what kind of process runs a module, behaviours built on others followed; `undefined` if none does that is known. */
export function processKindOf(analysis: ModuleAnalysis, side: Side): ProcessKind | undefined {
  const seen = new Set<string>();
  const waiting = [...analysis.behaviours];
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    if (isKind(name)) return name;
    if (seen.has(name)) continue;
    seen.add(name);
    const declared = side.behaviours.get(name);
    waiting.push(...(declared === undefined ? (side.modules.get(name)?.analysis.behaviours ?? []) : [declared]));
  }
  const handlesSystemMessages = ["system_continue/3", "system_terminate/4"].every((each) => analysis.exports.has(each));
  return handlesSystemMessages ? "special" : undefined;
}

/** The function that converts the state of a process of this kind, as `name/arity`; none for a supervisor. */
export function converterOf(kind: ProcessKind): string | undefined {
  if (kind === "supervisor") return undefined;
  return kind === "special" ? "system_code_change/4" : `code_change/${CODE_CHANGE_ARITY[kind]}`;
}

function isKind(name: string): name is keyof typeof CODE_CHANGE_ARITY | "supervisor" {
  return name === "supervisor" || Object.hasOwn(CODE_CHANGE_ARITY, name);
}
