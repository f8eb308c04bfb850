import type { Pattern } from "./ast.ts";

/** Modules of which something is called at every moment, by everything. */
const BUSY_MODULES: ReadonlySet<string> = new Set(
  "erlang erts_internal ets gen io io_lib lists maps proc_lib".split(" "),
);

/** Why a pattern may bring a node down that has work to do; `undefined` if nothing is known against it. */
export function findDanger(pattern: Pattern): string | undefined {
  if (pattern.kind === "messages" || pattern.function?.name !== undefined) return undefined;
  const module = pattern.module.name;
  if (module === undefined) return "it means the functions of all modules";
  return BUSY_MODULES.has(module) ? `it means all functions of ${module}, which everything calls` : undefined;
}
