import { join } from "node:path";
import type { NodeConnection } from "../../dist/index.ts";
import { EnitError } from "../../error/index.ts";
import { string } from "../../term/index.ts";
import type { Problem } from "../problem.ts";
import { effectsOf, findScript } from "../script.ts";
import { takeSnapshot, type Verification, verify } from "../verify/verify.ts";
import { changesIn, type ModuleUser, type Seen } from "../verify/processes.ts";
import { tidyChildren } from "../verify/supervisors.ts";
import { knownReleases, makePermanent, runningRelease } from "../vm/handler.ts";
import type { InstallRequest } from "./install.ts";
import { reconnect, restartVm } from "./reconnect.ts";
import { type InstallOutcome, runInstall } from "./run.ts";

/** What became of a VM whose upgrade failed. */
export interface GoneBack {
  /** Whether all is as it was, and was verified to be. */
  readonly restored: boolean;
  /** A clause for the message. */
  readonly state: string;
  readonly hint: string | undefined;
  /** The version that runs; `null` where none does, or nobody knows. */
  readonly running: string | null;
  /** Whether the VM was started anew: its processes have lost what they knew. */
  readonly restarted: boolean;
}

type Failed =
  | Exclude<InstallOutcome, { kind: "installed" }>
  | {
      readonly kind: "installed";
      readonly connection: NodeConnection;
      readonly installation: Verification["installation"];
    };

/** Brings a VM back to the release that ran before, and verifies that. */
export async function goBack(request: InstallRequest, failed: Failed): Promise<GoneBack> {
  try {
    return await tryToGoBack(request, failed);
  } catch (error) {
    if (!(error instanceof EnitError)) throw error;
    if (!request.vm.isAlive()) return ended(request);
    const state = `it could not go back: ${error.message}`;
    const hint = `See what runs: enit releases ${request.vm.release}`;
    return { restored: false, state, hint, running: null, restarted: false };
  }
}

async function tryToGoBack(request: InstallRequest, failed: Failed): Promise<GoneBack> {
  switch (failed.kind) {
    case "refused":
      return restore(request, failed.connection);
    case "installed":
      return downgrade(request, failed.connection, failed.installation);
    case "restarting":
      return awaitRestart(request, undefined);
    case "hanging":
      return restart(request, failed.connection);
    case "ended":
      return ended(request);
  }
}

/** The code has not changed, but versions and environment have: `release_handler` sets them first. */
async function restore(request: InstallRequest, connection: NodeConnection): Promise<GoneBack> {
  const { from, places } = request;
  const boot = join(places.releasesDir, from.release.version, "start.boot");
  await connection.call("enit_upgrade", "restore", [string(boot), from.config]);
  const problems = await verifyFormer(request, connection);
  if (problems.length > 0) return restart(request, connection);
  const state = `nothing has changed, ${from.release.version} runs as before`;
  return { restored: true, state, hint: undefined, running: from.release.version, restarted: false };
}

/** Goes the way back that the relup has. */
async function downgrade(
  request: InstallRequest,
  connection: NodeConnection,
  installation: Verification["installation"],
): Promise<GoneBack> {
  const { vm, places, from, to, limits, onStep } = request;
  const version = from.release.version;
  const script = findScript(places.releasesDir, to.release.version, version);
  const effects = script && effectsOf(script.instructions);
  if (effects === undefined || effects.restartsEmulator) return restart(request, connection);
  onStep({ kind: "going back", version });
  const before = await takeSnapshot(connection, effects);
  const outcome = await runInstall(vm, connection, version, {
    limits,
    onInstruction: (text) => onStep({ kind: "instruction", text }),
  });
  if (outcome.kind === "refused") return restart(request, connection);
  if (outcome.kind !== "installed") return goBack(request, outcome);
  if (installation !== undefined) await tidyChildren(outcome.connection, installation.before.supervisors);
  const problems = await verifyFormer(request, outcome.connection, {
    installation: {
      effects,
      before: { ...before, users: changedOf(before.users, installation?.seen) },
      seen: outcome.seen,
    },
  });
  if (problems.length > 0) return restart(request, outcome.connection);
  await makePermanentAgain(outcome.connection, version, to.release.version);
  const state = `it went back, ${version} runs as before`;
  return { restored: true, state, hint: undefined, running: version, restarted: false };
}

/** What failed may have become permanent before it did. */
async function makePermanentAgain(connection: NodeConnection, version: string, failed: string): Promise<void> {
  const permanent = (await knownReleases(connection)).find(({ status }) => status === "permanent");
  if (permanent?.version === failed) await makePermanent(connection, version);
}

/** What did not change its state on the way there has none to change on the way back. */
function changedOf(users: readonly ModuleUser[], seen: readonly Seen[] | undefined): readonly ModuleUser[] {
  return seen === undefined ? users : users.filter(changesIn(seen));
}

/** Starts the VM anew, with the release that is permanent. */
async function restart(request: InstallRequest, connection: NodeConnection): Promise<GoneBack> {
  const { creation } = connection;
  request.onStep({ kind: "restarting" });
  await restartVm(connection);
  return awaitRestart(request, creation);
}

/** Waits for the VM that starts anew, and confirms that its permanent release runs. */
async function awaitRestart(request: InstallRequest, creation: number | undefined): Promise<GoneBack> {
  const { vm, from, limits, onStep } = request;
  if (creation === undefined) onStep({ kind: "restarting" });
  let connection: NodeConnection | "ended";
  try {
    connection = await reconnect(vm, {
      seconds: limits.restartSeconds,
      notCreation: creation,
      until: ({ phase, handler }) => phase === "started" && handler === "idle",
    });
  } catch (error) {
    if (!(error instanceof EnitError)) throw error;
    const state = `the VM was started anew, but does not answer: ${error.message}`;
    return { restored: false, state, hint: error.hint, running: null, restarted: true };
  }
  if (connection === "ended") return ended(request);
  await using _ = connection;
  const running = runningRelease(await knownReleases(connection))?.version ?? null;
  if (running !== from.release.version) {
    const state = `the VM was started anew and runs ${running ?? "an unknown version"}, which is permanent`;
    return { restored: false, state, hint: undefined, running, restarted: true };
  }
  const problems = await verifyFormer(request, connection, { ownEnvironment: true });
  if (problems.length > 0) {
    const state = `the VM was started anew, but ${problems.map(({ message }) => message).join("; ")}`;
    return {
      restored: false,
      state,
      hint: `To start it once more: enit restart ${vm.release}`,
      running,
      restarted: true,
    };
  }
  return {
    restored: true,
    state: `the VM was started anew and runs ${running}`,
    hint: undefined,
    running,
    restarted: true,
  };
}

function verifyFormer(
  { from, to, settleSeconds }: InstallRequest,
  connection: NodeConnection,
  { installation, ownEnvironment }: Partial<Pick<Verification, "installation" | "ownEnvironment">> = {},
): Promise<Problem[]> {
  return verify(connection, { side: from, other: to, installation, ownEnvironment, settleSeconds });
}

function ended({ vm, from }: InstallRequest): GoneBack {
  return {
    restored: false,
    state: "nothing runs now",
    hint: `Version ${from.release.version} is still what starts: enit start ${vm.release}`,
    running: null,
    restarted: false,
  };
}
