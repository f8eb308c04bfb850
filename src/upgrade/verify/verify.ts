import type { NodeConnection } from "../../dist/index.ts";
import type { Term } from "../../term/index.ts";
import type { Problem } from "../problem.ts";
import type { UpgradeSide } from "../release-files.ts";
import type { ScriptEffects } from "../script.ts";
import {
  checkApplications,
  checkCodePath,
  checkEnvironment,
  readApplications,
  type VmApplications,
} from "./applications.ts";
import { checkModules } from "./modules.ts";
import { checkOldCode, checkStates, findLingering, findUsers, type ModuleUser, type Seen } from "./processes.ts";
import { checkSupervisors, readSupervisors, type SupervisorFacts } from "./supervisors.ts";

/** What an installation is compared with. */
export interface Snapshot {
  readonly applications: VmApplications;
  /** The processes whose callback module the script changes. */
  readonly users: readonly ModuleUser[];
  readonly supervisors: readonly SupervisorFacts[];
}

/** Looks at a VM before a script is evaluated in it. */
export async function takeSnapshot(
  connection: NodeConnection,
  effects: ScriptEffects,
  signal?: AbortSignal,
): Promise<Snapshot> {
  const modules = effects.loaded.map(({ module }) => module);
  const users = await findUsers(connection, modules, ["callback"], signal);
  return {
    applications: await readApplications(connection, signal),
    users,
    supervisors: await readSupervisors(connection, supervisorsOf(users), signal),
  };
}

function supervisorsOf(users: readonly ModuleUser[]): Term[] {
  return users.filter(({ kind }) => kind === "supervisor").map(({ pid }) => pid);
}

export interface Verification {
  /** What is to run, with its configuration as it was rendered. */
  readonly side: UpgradeSide;
  /** What ran before, where that is known. */
  readonly other: UpgradeSide | undefined;
  /** Where the installation was not seen, less can be compared. */
  readonly installation:
    | {
        readonly effects: ScriptEffects;
        readonly before: Snapshot;
        /** `undefined`: nobody could watch. */
        readonly seen: readonly Seen[] | undefined;
      }
    | undefined;
  /**
   * Whether what applications have made of their environments is their own affair: where the VM has started with the release, or an
   * earlier run has installed it. kernel, for one, completes what it is given for `logger`.
   */
  readonly ownEnvironment?: boolean | undefined;
  /** How long what settles by itself may take: processes that leave old code, children that are restarted. */
  readonly settleSeconds: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Milliseconds between two looks at what settles by itself: nothing in a VM tells that a process has left old code, or that a
 * supervisor has restarted a child.
 */
const PAUSE = 100;

/** Compares a VM with the release that it is to run, and gives all that is wrong. */
export async function verify(connection: NodeConnection, verification: Verification): Promise<Problem[]> {
  const { side, other, installation, signal } = verification;
  const { release } = side;
  const applications = await readApplications(connection, signal);
  const before = installation?.before.applications;
  const started = installation?.effects.startedApplications ?? [];
  const lasting = [
    ...(await checkModules(connection, release, other?.release, signal)),
    ...checkApplications(applications, release, other?.release, { before, started }),
    ...(await checkCodePath(connection, release, signal)),
    ...(verification.ownEnvironment === true
      ? []
      : checkEnvironment(applications, side, other && before && { side: other, applications: before })),
    ...(await checkChanges(connection, installation, signal)),
  ];
  const end = performance.now() + verification.settleSeconds * 1000;
  for (;;) {
    const passing = await checkPassing(connection, installation, signal);
    if (passing.length === 0 || lasting.length > 0 || performance.now() >= end) return [...lasting, ...passing];
    await Bun.sleep(PAUSE);
    signal?.throwIfAborted();
  }
}

async function checkChanges(
  connection: NodeConnection,
  installation: Verification["installation"],
  signal: AbortSignal | undefined,
): Promise<Problem[]> {
  if (installation?.seen === undefined) return [];
  const changed = new Set(installation.effects.codeChanged);
  const before = installation.before.users.filter(({ module }) => changed.has(module));
  const now = await findUsers(connection, before.length === 0 ? [] : [...changed], ["callback"], signal);
  return checkStates(before, now, installation.seen);
}

async function checkPassing(
  connection: NodeConnection,
  installation: Verification["installation"],
  signal: AbortSignal | undefined,
): Promise<Problem[]> {
  const before = installation?.before;
  const supervisors =
    before === undefined ? [] : await readSupervisors(connection, supervisorsOf(before.users), signal);
  return [
    ...checkSupervisors(before?.supervisors ?? [], supervisors),
    ...checkOldCode(await findLingering(connection, "all", signal)),
  ];
}
