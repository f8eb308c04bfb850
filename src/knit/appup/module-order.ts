import { compareText } from "../../term/index.ts";
import type { ModuleCode } from "../code/index.ts";
import { type ModuleChange, usedModules } from "./module-changes.ts";
import { orderByNeeds } from "./order.ts";

/**
 * Orders new and changed modules: each after those that it calls or depends on. Where nothing decides, or in a circle: new ones
 * first, then by priority (higher ones first), libraries before processes before supervisors, and by name.
 *
 * A priority counts more than calls: of two new or two changed modules, the one of the higher priority comes first.
 */
export function orderChanges(changes: ReadonlyMap<string, ModuleChange>): ModuleChange[] {
  const ranked = [...changes.values()].sort(compareRank);
  const higher = priorityNeeds(ranked);
  const needs = (name: string): string[] => {
    const change = changes.get(name);
    if (change === undefined) return [];
    const called = [...change.uses, ...change.attributes.depends].filter((each) => {
      const other = changes.get(each);
      return other !== undefined && !isAbove(change, other);
    });
    return [...called, ...(higher.get(name) ?? [])];
  };
  const names = ranked.map(({ name }) => name);
  return orderByNeeds(names, needs).flatMap((name) => changes.get(name) ?? []);
}

/** Orders modules that are gone: each after those that it calls. */
export function orderRemoved(removed: ReadonlyMap<string, ModuleCode>): string[] {
  return orderByNeeds([...removed.keys()].sort(compareText), (name) => {
    const module = removed.get(name);
    return module === undefined ? [] : usedModules(module);
  });
}

const TREATMENT_RANK = { load: 0, soft: 1, advanced: 1, supervisor: 2 } as const;

function compareRank(a: ModuleChange, b: ModuleChange): number {
  return (
    Number(b.isNew) - Number(a.isNew) ||
    b.attributes.priority - a.attributes.priority ||
    TREATMENT_RANK[a.treatment] - TREATMENT_RANK[b.treatment] ||
    compareText(a.name, b.name)
  );
}

function isAbove(a: ModuleChange, b: ModuleChange): boolean {
  return a.isNew === b.isNew && a.attributes.priority > b.attributes.priority;
}

/** What each module waits for because of priorities: the modules of the next higher one, which wait for those above. */
function priorityNeeds(ranked: readonly ModuleChange[]): ReadonlyMap<string, readonly string[]> {
  const needs = new Map<string, readonly string[]>();
  let above: readonly ModuleChange[] = [];
  let level: ModuleChange[] = [];
  for (const change of ranked) {
    const [first] = level;
    if (first !== undefined && (first.isNew !== change.isNew || isAbove(first, change))) {
      above = first.isNew === change.isNew ? level : [];
      level = [];
    }
    level.push(change);
    needs.set(
      change.name,
      above.map(({ name }) => name),
    );
  }
  return needs;
}
