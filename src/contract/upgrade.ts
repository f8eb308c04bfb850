import type { Release } from "../release/index.ts";
import type { ReleaseVersion, UpgradePlan, UpgradeResult, UpgradeStep, UpgradeTarget } from "../upgrade/index.ts";
import type { WaitOptions } from "./releases.ts";

/** Changes the version of running releases, by OTP's `release_handler` in their VMs. */
export interface UpgradeService {
  /**
   * Brings a running release to another version: checks, unpacks, renders the configuration, installs, verifies, makes
   * permanent; by the hooks `upgrade:install`, `upgrade:installed`, `upgrade:failed`. What fails is undone.
   *
   * Throws `upgrade_failed` after a failure, its data with `problems`, `restored`, `restarted`, `running`; before anything
   * changed, what is in the way.
   */
  upgrade(release: Release, target: UpgradeTarget, options?: UpgradeServiceOptions): Promise<UpgradeResult>;
  /** Finds what that would do, and changes nothing. */
  plan(release: Release, target: UpgradeTarget, options?: WaitOptions & RestartOption): Promise<UpgradePlan>;
  /** The versions of a release, the newest first; also of one that does not run. */
  versions(release: Release, options?: WaitOptions): Promise<readonly ReleaseVersion[]>;
  /** Removes a version that neither runs nor is permanent, with the files that no other needs. Throws `version_in_use`. */
  remove(release: Release, version: string, options?: UpgradeProgress): Promise<ReleaseVersion>;
}

export interface UpgradeProgress extends WaitOptions {
  /** Called with what is done, as it is. */
  readonly onStep?: (step: UpgradeStep) => void;
}

export interface RestartOption {
  /** Whether a packaged release may be stopped and started, where it cannot come to the version while it runs. Default: false. */
  readonly restart?: boolean;
}

export interface UpgradeServiceOptions extends UpgradeProgress, RestartOption {
  /** Whether the version is what starts the next time. Default: true. */
  readonly permanent?: boolean;
  /** Milliseconds that a process has to suspend, and to change its code. Default: OTP's, 5000. */
  readonly suspendTimeout?: number | undefined;
  readonly codeChangeTimeout?: number | undefined;
  /** Seconds that `release_handler` has in all; then the VM is started anew with its permanent version. Default: no limit. */
  readonly timeoutSeconds?: number | undefined;
  /** Seconds in which processes may leave old code. Default: 5. */
  readonly settleSeconds?: number | undefined;
}
