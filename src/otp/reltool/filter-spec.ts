import { joinPath } from "../filename.ts";
import { type Filter, passesFilters } from "./filters.ts";
import type { SpecItem } from "./spec.ts";

/**
 * Leaves in the items what passes the filters by its path; a directory also for what is left in it.
 * As `filter_spec` of `reltool_target`.
 */
export function filterSpec(items: readonly SpecItem[], incl: readonly Filter[], excl: readonly Filter[]): SpecItem[] {
  return filterIn("", items, incl, excl);
}

function filterIn(
  path: string,
  items: readonly SpecItem[],
  incl: readonly Filter[],
  excl: readonly Filter[],
): SpecItem[] {
  return items.flatMap((item): SpecItem[] => {
    const own = path === "" ? item.name : joinPath(path, item.name);
    if (item.kind !== "create_dir") return passesFilters(own, incl, excl) ? [item] : [];
    const left = filterIn(own, item.items, incl, excl);
    return left.length > 0 || passesFilters(own, incl, excl) ? [{ ...item, items: left }] : [];
  });
}
