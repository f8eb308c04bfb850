import type { ApplicationCode } from "../code/index.ts";
import type { ChildChanges } from "./child-changes.ts";
import type { ModuleChange, PairChanges } from "./module-changes.ts";

/** What one direction is made of. */
export interface WayPlan extends PairChanges {
  readonly from: ApplicationCode;
  readonly to: ApplicationCode;
  readonly children: ChildChanges;
  /** New and changed modules in the order of this direction. */
  readonly order: readonly ModuleChange[];
  /** Modules that are gone, those that are called first. */
  readonly removedOrder: readonly string[];
}
