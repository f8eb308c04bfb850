import type { Release } from "../release/index.ts";
import type { PlannedChange, UpdatePlan } from "../upgrade/index.ts";
import type { WaitOptions } from "./releases.ts";
import type { UpgradeServiceOptions } from "./upgrade.ts";

/** Brings running releases that bundle nothing to the applications that are installed now. */
export interface UpdateService {
  /**
   * Finds what is installed otherwise than it runs, and what keeps the VM from taking it up while it runs. Changes nothing.
   *
   * Throws `not_running`, `packaged_release`, `handler_busy`, and what would keep the release from starting now.
   */
  plan(release: Release, options?: WaitOptions): Promise<UpdatePlan>;
  /**
   * Does it: the next generation of the release is made, installed, verified and made permanent, by the hooks `upgrade:appup`,
   * `upgrade:relup`, `upgrade:install`, `upgrade:installed` and `upgrade:failed`. What fails is undone.
   *
   * Throws as `plan`; `upgrade_running`; `needs_restart` with `obstacles` in its data; after a failure `upgrade_failed`, its data
   * as that of `UpgradeService.upgrade`.
   */
  update(release: Release, options?: Omit<UpgradeServiceOptions, "permanent" | "restart">): Promise<UpdateResult>;
}

export interface UpdateResult {
  readonly release: string;
  readonly node: string;
  readonly pid: number;
  readonly from: string;
  /** That of `from` where there was nothing to do. */
  readonly to: string;
  readonly changes: readonly PlannedChange[];
  /** What `release_handler` took; `undefined` where that is not known, or nothing was to be done. */
  readonly handlerMilliseconds: number | undefined;
  readonly milliseconds: number;
}
