import type { NodeConnection } from "../dist/index.ts";
import { printTerm, type Term } from "../term/index.ts";
import type { InstalledLibrary } from "../otp/index.ts";
import { effectsOf, type ScriptEffects } from "./script.ts";
import { type NextVersion, type ParameterChanges, planParameters } from "./plan-parameters.ts";
import { findLingering, findUsers } from "./verify/processes.ts";

/** What an upgrade would do to a VM, found without changing anything. */
export interface UpgradePlan {
  readonly from: string;
  readonly to: string;
  readonly direction: "up" | "down";
  readonly applications: readonly ApplicationChange[];
  /** Modules whose code is replaced or added, and removed. */
  readonly loaded: readonly string[];
  readonly removed: readonly string[];
  /** Modules whose old code goes, and how: `brutal_purge` ends who is in it, `soft_purge` waits until nobody is. */
  readonly purged: readonly { readonly module: string; readonly method: string }[];
  /** Processes that wait meanwhile, by the module that they run. */
  readonly suspended: readonly { readonly module: string; readonly processes: number; readonly codeChange: boolean }[];
  /** Modules whose processes are stopped and started. */
  readonly restarted: readonly string[];
  readonly startedApplications: readonly string[];
  readonly stoppedApplications: readonly string[];
  readonly restartsEmulator: boolean;
  /** Whether the relup has the way back; without it what fails is undone by a restart. */
  readonly canGoBack: boolean;
  /** Processes that would end when a module is purged, and why. */
  readonly killed: readonly {
    readonly process: string;
    readonly module: string;
    readonly reason: "old code" | "executing";
  }[];
  /** Applications whose parameters change; `null` where the version is not on this host yet. */
  readonly parameters: readonly ParameterChanges[] | null;
  /** In Erlang's syntax. */
  readonly instructions: readonly string[];
}

export interface ApplicationChange {
  readonly name: string;
  /** `null`: it is new. */
  readonly from: string | null;
  /** `null`: it goes. */
  readonly to: string | null;
}

export interface PlanInput {
  readonly from: string;
  readonly to: string;
  readonly direction: "up" | "down";
  readonly instructions: readonly Term[];
  readonly canGoBack: boolean;
  readonly libraries: { readonly from: readonly Library[]; readonly to: readonly Library[] };
  /** `undefined` where the version is still in its tarball. */
  readonly next: NextVersion | undefined;
}

type Library = Pick<InstalledLibrary, "name" | "vsn">;

/** Finds what a script would do to the processes of a VM. */
export async function makePlan(
  connection: NodeConnection,
  input: PlanInput,
  signal?: AbortSignal,
): Promise<UpgradePlan> {
  const { from, to, direction, instructions, canGoBack, libraries, next } = input;
  const effects = effectsOf(instructions);
  const users = await findUsers(connection, effects.suspended, ["callback"], signal);
  return {
    from,
    to,
    direction,
    applications: changesOf(libraries.from, libraries.to),
    loaded: effects.loaded.map(({ module }) => module),
    removed: effects.removed.map(({ module }) => module),
    purged: [...effects.loaded, ...effects.removed].map(({ module, postPurge }) => ({ module, method: postPurge })),
    suspended: effects.suspended.map((module) => ({
      module,
      processes: users.filter((user) => user.module === module).length,
      codeChange: effects.codeChanged.includes(module),
    })),
    restarted: effects.restarted,
    startedApplications: effects.startedApplications,
    stoppedApplications: effects.stoppedApplications,
    restartsEmulator: effects.restartsEmulator,
    canGoBack,
    killed: await findKilled(connection, effects, signal),
    parameters: next === undefined ? null : await planParameters(connection, next, signal),
    instructions: instructions.map((each) => printTerm(each, { format: "tp", width: 0 })),
  };
}

/**
 * Who is in old code now ends when it is purged; who executes code that becomes old may, when that is. Processes that are
 * suspended or restarted leave it.
 */
async function findKilled(
  connection: NodeConnection,
  { loaded, removed, suspended, restarted }: ScriptEffects,
  signal: AbortSignal | undefined,
): Promise<UpgradePlan["killed"]> {
  const changed = [...loaded, ...removed].map(({ module }) => module);
  const lingering = await findLingering(connection, changed, signal);
  const users = await findUsers(connection, changed, ["callback", "executing"], signal);
  const treated = new Set([...suspended, ...restarted]);
  const leaving = new Set(
    users.filter(({ kind, module }) => kind !== "executing" && treated.has(module)).map(({ text }) => text),
  );
  return [
    ...lingering.map(({ text, module }) => ({ process: text, module, reason: "old code" as const })),
    ...users
      .filter(({ kind, text }) => kind === "executing" && !leaving.has(text))
      .map(({ text, module }) => ({ process: text, module, reason: "executing" as const })),
  ];
}

function changesOf(from: readonly Library[], to: readonly Library[]): ApplicationChange[] {
  const [before, after] = [from, to].map((libraries) => new Map(libraries.map(({ name, vsn }) => [name, vsn])));
  const names = [...new Set([...from, ...to].map(({ name }) => name))].sort();
  return names
    .map((name) => ({ name, from: before?.get(name) ?? null, to: after?.get(name) ?? null }))
    .filter((change) => change.from !== change.to);
}
