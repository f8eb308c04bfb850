import type { NodeConnection } from "../../dist/index.ts";
import { EnitError } from "../../error/index.ts";
import type { ReleasePlaces, UpgradeSide } from "../release-files.ts";
import { effectsOf, findScript, needsRestart, type UpgradeScript } from "../script.ts";
import type { UpgradeStep } from "../step.ts";
import { takeSnapshot, type Verification } from "../verify/verify.ts";
import { checkInstall, knownReleases, runningRelease } from "../vm/handler.ts";
import type { UpgradeVm } from "../vm/link.ts";
import { reconnect } from "./reconnect.ts";
import { checkResponsive } from "./responsive.ts";
import { type InstallLimits, installFailed, runInstall } from "./run.ts";
import { findFailure, type InstallFailure, type SecureRequest } from "./secure.ts";
import { goBack } from "./undo.ts";
import { failUpgrade } from "./upgrade-failed.ts";

/** What is told of an installation as it happens: for hooks. */
export interface InstallEvents {
  /** May stop it by throwing. */
  readonly install?: () => Promise<void>;
  /** Called by who asked for the installation, which stays, whatever is thrown. */
  readonly installed?: (permanent: boolean) => Promise<void>;
  /** Does not throw: the failure has its own error. */
  readonly failed?: (error: Error, restored: boolean) => Promise<void>;
}

/**
 * An installation. Where the files of the new release come from does not matter: they are in their places, its
 * `sys.config` included, and `release_handler` knows it (as unpacked, old or current).
 */
export interface InstallRequest {
  readonly vm: UpgradeVm;
  readonly places: ReleasePlaces;
  readonly from: UpgradeSide;
  readonly to: UpgradeSide;
  /** Whether it is to be what starts the next time. */
  readonly permanent: boolean;
  readonly limits: InstallLimits;
  /** How long what settles by itself may take, such as processes that leave old code. */
  readonly settleSeconds: number;
  readonly events?: Pick<InstallEvents, "install" | "failed">;
  readonly onStep: (step: UpgradeStep) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface Installed {
  readonly permanent: boolean;
  /** What `release_handler` took to install it, where that is known. */
  readonly handlerMilliseconds: number | undefined;
  /** Whether the processes were watched: where somebody else traces `release_handler`, they are not. */
  readonly watched: boolean;
}

/**
 * Installs a release in a running VM, verifies all of it, and makes it permanent. What fails is undone: by the way back
 * that the relup has, else by starting the VM anew with its permanent release.
 *
 * `connection` is closed by the caller; another one may be made on the way. Throws `release_handler_failed`,
 * `needs_restart`, `processes_busy` before anything changed; `upgrade_failed` afterwards, its data with
 * `problems`, `restored` and what runs now.
 */
export async function installRelease(connection: NodeConnection, request: InstallRequest): Promise<Installed> {
  const { vm, from, to, signal, onStep, events = {} } = request;
  const version = to.release.version;
  onStep({ kind: "checking", version });
  const running = runningRelease(await knownReleases(connection, { signal }));
  if (running?.version === version) {
    return finish(connection, { ...request, ownEnvironment: true }, undefined, undefined);
  }
  const effects = effectsOf(scriptOf(request).instructions);
  if (effects.restartsEmulator) throw needsRestart(vm.release, version);
  await checkInstall(connection, version, { signal });
  const before = await takeSnapshot(connection, effects, signal);
  await checkResponsive(connection, request, before.users, effects, signal);
  await events.install?.();

  onStep({ kind: "installing", from: from.release.version, to: version });
  const outcome = await runInstall(vm, connection, version, {
    limits: request.limits,
    onInstruction: (text) => onStep({ kind: "instruction", text }),
    signal,
  });
  await using cleanup = new AsyncDisposableStack();
  if ("connection" in outcome && outcome.connection !== connection) cleanup.use(outcome.connection);
  if (outcome.kind !== "installed") {
    return await failUpgrade(request, outcome.error, [], await goBack(request, outcome), outcome.at);
  }
  const installation = { effects, before, seen: outcome.seen };
  return await finish(outcome.connection, request, installation, outcome.milliseconds);
}

function scriptOf({ places, from, to, vm }: InstallRequest): UpgradeScript {
  const [old, next] = [from.release.version, to.release.version];
  const script = findScript(places.releasesDir, old, next);
  if (script === undefined) throw new Error(`no relup leads from ${old} to ${next} of ${vm.release}`);
  return script;
}

/** Verifies what was installed, and makes it permanent. */
async function finish(
  connection: NodeConnection,
  request: InstallRequest & SecureRequest,
  installation: Verification["installation"],
  handlerMilliseconds: number | undefined,
): Promise<Installed> {
  const { permanent, limits, signal, vm } = request;
  let failure: InstallFailure | undefined;
  try {
    failure = await findFailure(connection, request, installation);
  } catch (error) {
    if (!(error instanceof EnitError) || error.code !== "connection_closed") throw error;
    // It may have been the connection alone.
    const again = await reconnect(vm, { seconds: limits.restartSeconds, signal });
    const version = request.to.release.version;
    if (again === "ended") {
      const ended = installFailed(version, "the VM ended meanwhile", error);
      return failUpgrade(request, ended, [], await goBack(request, { kind: "ended", error: ended }));
    }
    await using _ = again;
    if (again.creation === connection.creation) return await finish(again, request, installation, handlerMilliseconds);
    const restarted = installFailed(version, "the VM started anew meanwhile", error);
    return await failUpgrade(request, restarted, [], await goBack(request, { kind: "restarting", error: restarted }));
  }
  if (failure !== undefined) {
    const back = await goBack(request, { kind: "installed", connection, installation });
    return failUpgrade(request, failure.error, failure.problems, back);
  }
  return { permanent, handlerMilliseconds, watched: installation !== undefined && installation.seen !== undefined };
}
