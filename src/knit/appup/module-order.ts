import { compareText } from "../../term/index.ts";
import type { ApplicationCode, ModuleCode } from "../code/index.ts";
import type { ChildChanges, ChildSteps } from "./child-changes.ts";
import { type ModuleChange, usedModules } from "./module-changes.ts";
import { orderByNeeds } from "./order.ts";

/**
 * Orders new and changed modules: each after those that it calls or depends on, a supervisor after the modules of children that
 * it is to start, and who calls these after it. Where nothing decides, or in a circle: new ones first, then by priority (higher
 * ones first), libraries before processes before supervisors, and by name.
 *
 * A priority counts more than calls: of two new or two changed modules, the one of the higher priority comes first.
 */
export function orderUp(
  changes: ReadonlyMap<string, ModuleChange>,
  { up, underNew }: Pick<ChildChanges, "up" | "underNew">,
): ModuleChange[] {
  const ranked = [...changes.values()].sort(compareRank);
  const higher = priorityNeeds(ranked);
  const needs = (name: string): string[] => {
    const change = changes.get(name);
    if (change === undefined) return [];
    const { uses, attributes } = change;
    const starts = [...(up.get(name)?.started ?? []), ...(underNew.get(name) ?? [])];
    const needed = [...uses, ...attributes.depends, ...starts, ...startersOf(name, uses, up)].filter((each) => {
      const other = changes.get(each);
      return other !== undefined && each !== name && !isAbove(change, other);
    });
    return [...needed, ...(higher.get(name) ?? [])];
  };
  const names = ranked.map(({ name }) => name);
  return orderByNeeds(names, needs).flatMap((name) => changes.get(name) ?? []);
}

/**
 * Turns the order of the way up round for the way down; only that a supervisor which is to start children comes after the modules
 * that these call, and before those whose older code calls them.
 */
export function orderDown(
  orderOfUp: readonly ModuleChange[],
  {
    from,
    removed,
    children: { down },
  }: { from: ApplicationCode; removed: ReadonlyMap<string, ModuleCode>; children: ChildChanges },
): ModuleChange[] {
  const places = new Map(orderOfUp.map(({ name }, place) => [name, place]));
  const byName = new Map(orderOfUp.map((change) => [change.name, change]));
  const callers = new Map<string, string[]>();
  for (const { name, uses } of orderOfUp) {
    for (const used of uses) {
      // Where the way up had them the other way round, in a circle or by priority, it counts as it was.
      if ((places.get(used) ?? Infinity) < (places.get(name) ?? 0))
        callers.set(used, [...(callers.get(used) ?? []), name]);
    }
  }
  const olderUses = (name: string): string[] => {
    const module = from.modules.get(name);
    return module === undefined ? [] : usedModules(module);
  };
  const needs = (name: string): string[] => {
    const starts = down.get(name)?.started ?? new Set<string>();
    const neededByStarts = new Set(starts);
    for (const each of neededByStarts) {
      if (each === name || !(removed.has(each) || starts.has(each))) continue;
      for (const used of olderUses(each)) neededByStarts.add(used);
    }
    const starters = down.size === 0 ? [] : startersOf(name, olderUses(name), down);
    return [...(callers.get(name) ?? []), ...neededByStarts, ...starters].filter((each) => each !== name);
  };
  const names = orderOfUp.map(({ name }) => name).reverse();
  return orderByNeeds(names, needs).flatMap((name) => byName.get(name) ?? []);
}

/** The supervisors that start what a module calls. */
function startersOf(name: string, uses: readonly string[], steps: ReadonlyMap<string, ChildSteps>): string[] {
  return [...steps].flatMap(([supervisor, { started }]) =>
    !started.has(name) && uses.some((used) => started.has(used)) ? supervisor : [],
  );
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
