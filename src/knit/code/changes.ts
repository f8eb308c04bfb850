import type { ApplicationCode } from "./application-code.ts";
import { isSameModule } from "./module-code.ts";

/** The names of modules that differ between two versions of an application, each list sorted. */
export interface ModuleChanges {
  readonly added: readonly string[];
  /** In both, with other code or attributes. */
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** Compares the modules of two versions of an application, see `isSameModule`. Throws `beam_malformed`. */
export function compareModules(from: ApplicationCode, to: ApplicationCode): ModuleChanges {
  const added: string[] = [];
  const changed: string[] = [];
  for (const [name, module] of to.modules) {
    const before = from.modules.get(name);
    if (before === undefined) added.push(name);
    else if (!isSameModule(before, module)) changed.push(name);
  }
  return { added, changed, removed: [...from.modules.keys()].filter((name) => !to.modules.has(name)) };
}
