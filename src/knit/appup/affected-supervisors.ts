import { isToldOtherwise } from "./child-changes.ts";
import { type ModuleChange, type VersionPair, usedModules } from "./module-changes.ts";
import { kindOfModule } from "./module-kind.ts";
import { readUpgradeAttributes } from "./attributes.ts";
import type { Supervisors } from "./supervisors.ts";

/**
 * Finds the supervisors whose own code is the same, but whose children come from modules that changed: they have to run their
 * `init/1` again, too. The calls that they ask for by attributes are not made.
 */
export function findAffectedSupervisors(
  { from, to, behaviours }: VersionPair,
  changes: ReadonlyMap<string, ModuleChange>,
  supervisors: { readonly before: Supervisors; readonly after: Supervisors },
): Map<string, ModuleChange> {
  const affected = new Map<string, ModuleChange>();
  for (const [name, module] of to.modules) {
    if (changes.has(name) || !from.modules.has(name)) continue;
    const kind = kindOfModule(module, behaviours);
    if (kind.family !== "supervisor") continue;
    const uses = usedModules(module);
    if (!uses.some((used) => changes.has(used)) || !isToldOtherwise(name, supervisors)) continue;
    const attributes = { ...readUpgradeAttributes(module), depends: [], apply: [], applyDown: [] };
    const description = `${kind.description}, whose children come from modules that changed`;
    affected.set(name, {
      name,
      isNew: false,
      difference: "nothing",
      module,
      kind: { ...kind, description },
      attributes,
      treatment: "supervisor",
      uses,
    });
  }
  return affected;
}
