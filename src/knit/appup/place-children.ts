import type { ChildSteps } from "./child-changes.ts";
import type { AppupStep } from "./step.ts";

/** Where the instructions for children stand among those for modules. */
export interface PlacedChildren {
  /** Before any module is changed. */
  readonly first: readonly AppupStep[];
  /** Right after a supervisor has its new code. */
  readonly after: (supervisor: string) => readonly AppupStep[];
  /** After all modules are changed, before any is deleted. */
  readonly last: readonly AppupStep[];
}

/**
 * Finds the places of the instructions for children.
 *
 * New children are started as early as can be, so that those find them who call them. Those that are gone are ended as late as can
 * be, when nobody calls them any more; but before new ones of the same supervisor are started, or of the same module anywhere, which
 * may want the same name.
 */
export function placeChildren(changes: ReadonlyMap<string, ChildSteps>): PlacedChildren {
  const first: AppupStep[] = [];
  const after = new Map<string, AppupStep[]>();
  const last: AppupStep[] = [];
  for (const [supervisor, { stop, start, started }] of changes) {
    const here: AppupStep[] = [];
    for (const { module, steps } of stop) {
      const isWanted = [...changes].some(([other, each]) => other !== supervisor && each.started.has(module ?? ""));
      (isWanted ? first : started.size > 0 ? here : last).push(...steps);
    }
    after.set(supervisor, [...here, ...start]);
  }
  return { first, after: (supervisor) => after.get(supervisor) ?? [], last };
}
