import { isTagged } from "../../term/index.ts";
import type { ModuleChange } from "./module-changes.ts";
import type { AppupStep } from "./step.ts";

const SHOWN = 3;

/** Adds to the reasons which modules stand after one because they call it; on the way down, before it. */
export function explainOrder(
  steps: readonly AppupStep[],
  changes: ReadonlyMap<string, ModuleChange>,
  direction: "up" | "down",
): AppupStep[] {
  const places = new Map(steps.flatMap((step, place) => (isChange(step) ? [[step.module ?? "", place] as const] : [])));
  return steps.map((step, place) => {
    if (!isChange(step)) return step;
    const callers = [...changes.values()].flatMap(({ name, uses }) => {
      const other = places.get(name);
      const isOrdered = other !== undefined && (direction === "up" ? other > place : other < place);
      return isOrdered && uses.includes(step.module ?? "") ? name : [];
    });
    return callers.length === 0 ? step : { ...step, reason: `${step.reason}; ${describe(callers, direction)}` };
  });
}

/** Whether a step gives a module other code. */
function isChange({ instruction }: AppupStep): boolean {
  return ["add_module", "load_module", "update"].some((tag) => isTagged(instruction, tag));
}

function describe(callers: readonly string[], direction: "up" | "down"): string {
  const names = callers.slice(0, SHOWN).join(", ");
  const rest = callers.length > SHOWN ? ` and ${callers.length - SHOWN} more` : "";
  return `${direction === "up" ? "before" : "after"} ${names}${rest}, which ${callers.length === 1 ? "calls" : "call"} it`;
}
