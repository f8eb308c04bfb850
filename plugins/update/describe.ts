import type { PlannedChange, UpdatePlan, UpdateResult, UpgradePlan } from "../../src/contract/index.ts";

/** What an update did, or would do. */
export interface UpdateData {
  readonly release: string;
  readonly dryRun: boolean;
  /** Whether there is anything to do. */
  readonly changed: boolean;
  /** Whether the VM was started anew for it. */
  readonly restarted: boolean;
  /** The versions of the release before and after; the same where there is nothing to do. */
  readonly from: string;
  readonly to: string;
  /** `null` in a dry run. */
  readonly node: string | null;
  readonly pid: number | null;
  readonly applications: readonly ChangedApplication[];
  /** What keeps it from being done while the VM runs. */
  readonly obstacles: readonly {
    readonly kind: string;
    readonly application: string | null;
    readonly message: string;
  }[];
  readonly milliseconds: number | null;
  readonly handlerMilliseconds: number | null;
  /** Of a dry run without obstacles: what it would do to the VM. */
  readonly plan: UpgradePlan | null;
}

export interface ChangedApplication {
  readonly application: string;
  /** `null` for a new one. */
  readonly from: string | null;
  /** `null` for one that is gone. */
  readonly to: string | null;
  /** Whether its instructions came with it, or were made from its code. */
  readonly appup: "written" | "made" | null;
  readonly modules: {
    readonly added: readonly string[];
    readonly changed: readonly string[];
    readonly removed: readonly string[];
  } | null;
}

/** Describes an update that was not done, or not so. */
export function describePlan(release: string, { from, to, changes, obstacles, next }: UpdatePlan): UpdateData {
  const changed = changes.length > 0 || obstacles.length > 0;
  return {
    release,
    dryRun: true,
    changed,
    restarted: false,
    from,
    to: changed ? to : from,
    node: null,
    pid: null,
    applications: changes.map(describeChange),
    obstacles: obstacles.map(({ kind, application = null, message }) => ({ kind, application, message })),
    milliseconds: null,
    handlerMilliseconds: null,
    plan: next?.plan ?? null,
  };
}

/** Describes an update that was done. */
export function describeResult({ changes, handlerMilliseconds, ...result }: UpdateResult): UpdateData {
  return {
    ...result,
    dryRun: false,
    changed: result.from !== result.to,
    restarted: false,
    applications: changes.map(describeChange),
    obstacles: [],
    handlerMilliseconds: handlerMilliseconds ?? null,
    plan: null,
  };
}

function describeChange(change: PlannedChange): ChangedApplication {
  const { application, from = null, to = null, appup = null, modules = null } = change;
  return { application, from, to, appup, modules };
}
