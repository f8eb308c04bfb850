import { type ModuleChange, type VersionPair, unchangedModule } from "./module-changes.ts";
import { kindOfModule } from "./module-kind.ts";

/**
 * Adds what a behaviour of one's own needs that changed and converts states: the processes whose state it keeps are those of the modules
 * that have it, so that these are updated together with it, whether they changed or not.
 */
export function withChangedBehaviours(
  { from, to, behaviours }: VersionPair,
  changes: ReadonlyMap<string, ModuleChange>,
): ReadonlyMap<string, ModuleChange> {
  const converting = new Set(
    [...changes.values()].flatMap(({ name, isNew, treatment }) => (!isNew && treatment === "advanced" ? name : [])),
  );
  const all = new Map(changes);
  if (converting.size === 0) return all;
  for (const [name, module] of to.modules) {
    const change = changes.get(name);
    // A module that is new has no processes; one of another kind has none that could be converted.
    if (!from.modules.has(name) || change?.treatment === "load") continue;
    const kind = change?.kind ?? kindOfModule(module, behaviours);
    const bases = kind.bases.filter((base) => base !== name && converting.has(base));
    if (bases.length === 0) continue;
    const { attributes, ...rest } = change ?? unchangedModule(module, { kind, because: "whose behaviour changed" });
    const depends = [...new Set([...attributes.depends, ...bases])];
    all.set(name, { ...rest, treatment: "advanced", attributes: { ...attributes, depends } });
  }
  return all;
}
