import { type SupervisorVersions, isToldOtherwise } from "./child-differences.ts";
import { type ModuleChange, type VersionPair, unchangedModule, usedModules } from "./module-changes.ts";
import { kindOfModule } from "./module-kind.ts";

/**
 * Finds the supervisors whose own code is the same, but whose children come from modules that changed: they have to run their
 * `init/1` again, too.
 */
export function findAffectedSupervisors(
  { from, to, behaviours }: VersionPair,
  changes: ReadonlyMap<string, ModuleChange>,
  supervisors: SupervisorVersions,
): Map<string, ModuleChange> {
  const affected = new Map<string, ModuleChange>();
  for (const [name, module] of to.modules) {
    if (changes.has(name) || !from.modules.has(name)) continue;
    const kind = kindOfModule(module, behaviours);
    if (kind.family !== "supervisor") continue;
    if (!usedModules(module).some((used) => changes.has(used)) || !isToldOtherwise(name, supervisors)) continue;
    affected.set(name, unchangedModule(module, { kind, because: "whose children come from modules that changed" }));
  }
  return affected;
}
