import type { NodeConnection } from "../../dist/index.ts";
import { EnitError } from "../../error/index.ts";
import type { Term } from "../../term/index.ts";
import type { Problem } from "../problem.ts";
import type { ReleasePlaces, UpgradeSide } from "../release-files.ts";
import { effectsOf, findScript, needsRestart, noUpgradePath, type UpgradeScript } from "../script.ts";
import type { UpgradeStep } from "../step.ts";
import { checkBookkeeping } from "../verify/bookkeeping.ts";
import { takeSnapshot, type Verification, verify } from "../verify/verify.ts";
import { checkInstall, knownReleases, makePermanent, runningRelease } from "../vm/handler.ts";
import type { UpgradeVm } from "../vm/link.ts";
import { reconnect } from "./reconnect.ts";
import { checkResponsive } from "./responsive.ts";
import { type InstallLimits, installFailed, runInstall } from "./run.ts";
import { goBack, type GoneBack } from "./undo.ts";
import { whereItFailed } from "./where-it-failed.ts";

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
 * `no_upgrade_path`, `needs_restart`, `processes_busy` before anything changed; `upgrade_failed` afterwards, its data with
 * `problems`, `restored` and what runs now.
 */
export async function installRelease(connection: NodeConnection, request: InstallRequest): Promise<Installed> {
  const { vm, from, to, signal, onStep, events = {} } = request;
  const version = to.release.version;
  onStep({ kind: "checking", version });
  const running = runningRelease(await knownReleases(connection, { signal }));
  if (running?.version === version) return finish(connection, request, undefined, undefined);
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
    return await fail(request, outcome.error, [], await goBack(request, outcome), outcome.at);
  }
  const installation = { effects, before, seen: outcome.seen };
  return await finish(outcome.connection, request, installation, outcome.milliseconds);
}

function scriptOf({ places, from, to, vm }: InstallRequest): UpgradeScript {
  const [old, next] = [from.release.version, to.release.version];
  const script = findScript(places.releasesDir, old, next);
  if (script === undefined) throw noUpgradePath(vm.release, old, next);
  return script;
}

/** Verifies what was installed, and makes it permanent. */
async function finish(
  connection: NodeConnection,
  request: InstallRequest,
  installation: Verification["installation"],
  handlerMilliseconds: number | undefined,
): Promise<Installed> {
  const { permanent, limits, signal, vm } = request;
  let failure: Failure | undefined;
  try {
    failure = await findFailure(connection, request, installation);
  } catch (error) {
    if (!(error instanceof EnitError) || error.code !== "connection_closed") throw error;
    // It may have been the connection alone.
    const again = await reconnect(vm, { seconds: limits.restartSeconds, signal });
    const version = request.to.release.version;
    if (again === "ended") {
      const ended = installFailed(version, "the VM ended meanwhile", error);
      return fail(request, ended, [], await goBack(request, { kind: "ended", error: ended }));
    }
    await using _ = again;
    if (again.creation === connection.creation) return await finish(again, request, installation, handlerMilliseconds);
    const restarted = installFailed(version, "the VM started anew meanwhile", error);
    return await fail(request, restarted, [], await goBack(request, { kind: "restarting", error: restarted }));
  }
  if (failure !== undefined) {
    const back = await goBack(request, { kind: "installed", connection, installation });
    return fail(request, failure.error, failure.problems, back);
  }
  return { permanent, handlerMilliseconds, watched: installation !== undefined && installation.seen !== undefined };
}

interface Failure {
  readonly error: EnitError;
  readonly problems: readonly Problem[];
}

/** Finds what is wrong after an installation; what is right is made permanent. */
async function findFailure(
  connection: NodeConnection,
  request: InstallRequest,
  installation: Verification["installation"],
): Promise<Failure | undefined> {
  const { from, to, settleSeconds, signal, onStep, vm } = request;
  onStep({ kind: "verifying", version: to.release.version });
  const problems = await verify(connection, {
    side: to,
    other: from.release.version === to.release.version ? undefined : from,
    installation,
    settleSeconds,
    signal,
  });
  if (!vm.isAlive()) problems.push({ kind: "vm", subject: vm.node, message: "the process of the VM has ended" });
  if (problems.length > 0) return { error: unverified(request, problems), problems };
  const error = await secure(connection, request);
  return error && { error, problems };
}

/** Makes the release permanent, if it is to be; gives what keeps it from that. */
async function secure(connection: NodeConnection, request: InstallRequest): Promise<EnitError | undefined> {
  const { places, to, permanent, onStep, signal } = request;
  if (!permanent) return undefined;
  onStep({ kind: "making permanent", version: to.release.version });
  try {
    await makePermanent(connection, to.release.version, { signal });
  } catch (error) {
    if (error instanceof EnitError && error.code === "release_handler_failed") return error;
    throw error;
  }
  const problems = checkBookkeeping(places, to.release.version);
  return problems.length === 0 ? undefined : unverified(request, problems);
}

function unverified({ vm, to }: InstallRequest, problems: readonly Problem[]): EnitError {
  const text = problems.map(({ message }) => message).join("; ");
  return new EnitError("verification_failed", `cannot verify ${to.release.version} of "${vm.release}": ${text}`);
}

/** Tells of a failure, with what was done about it. */
async function fail(
  { vm, from, to, events = {} }: InstallRequest,
  error: EnitError,
  problems: readonly Problem[],
  back: GoneBack,
  at?: Term,
): Promise<never> {
  const [old, version] = [from.release.version, to.release.version];
  const failure = new EnitError(
    "upgrade_failed",
    `cannot upgrade "${vm.release}" from ${old} to ${version}: ${stateOf(error)}; ${back.state}`,
    {
      hint: back.hint,
      data: {
        release: vm.release,
        node: vm.node,
        from: old,
        to: version,
        reason: error.code,
        handler: whereItFailed(error, at),
        problems,
        restored: back.restored,
        running: back.running,
        restarted: back.restarted,
      },
      cause: error,
    },
  );
  await events.failed?.(failure, back.restored);
  throw failure;
}

/** The part of a message that says what is the matter. */
function stateOf({ message }: EnitError): string {
  return message.replace(/^cannot [^:]*": /, "").replace(/^cannot verify [^:]*: /, "");
}
