import { EnitError } from "../../error/index.ts";
import type { Release } from "../../release/index.ts";
import { findRunningVm } from "../../vm/index.ts";
import { type Bookkeeping, keepBookkeeping, markAsNext } from "../bookkeeping.ts";
import { type Problem, problem } from "../problem.ts";
import { openSession, upgradeVmOf } from "../session.ts";
import { verify } from "../verify/verify.ts";
import type { UpgradeVm } from "../vm/link.ts";
import type { InstallRequest } from "./install.ts";
import { findFailure, type InstallFailure, unverified } from "./secure.ts";
import type { GoneBack } from "./undo.ts";
import { failUpgrade } from "./upgrade-failed.ts";

/** Stops and starts a release; whoever calls it does not hold the lock of its state. */
export interface Restarter {
  /** The release as a version of it would start, which need not be the permanent one. Throws what keeps it from that. */
  readonly load: (version: string, ertsVersion: string) => Promise<Release>;
  readonly stop: (options: RestartOptions & { readonly force: boolean }) => Promise<void>;
  readonly start: (release: Release, options: RestartOptions) => Promise<void>;
}

interface RestartOptions {
  /** Whether what hooks throw is told, and no failure: on the way back, where there is no other. */
  readonly despiteHooks: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** An installation by a restart: the files of the new release are in their places, and `release_handler` knows it. */
export interface RestartRequest extends Pick<
  InstallRequest,
  "vm" | "places" | "from" | "to" | "settleSeconds" | "events" | "onStep" | "signal"
> {
  readonly restarter: Restarter;
  /** The release as its permanent version starts, and as `to` would. */
  readonly former: Release;
  readonly next: Release;
}

/**
 * Stops a release and starts another version of it, verifies that, and makes it permanent; what fails is stopped, and the
 * permanent version started again. Gives the VM that runs then.
 *
 * It is what OTP does where a relup starts a new emulator, with enit in the place of heart: the version starts once as
 * `tmp_current`, and any other start has the permanent one, until `release_handler` makes it permanent
 * (`release_handler:prepare_restart_new_emulator/7`). So whoever is ended on the way leaves a release that starts.
 *
 * Throws what stopping throws; `upgrade_failed` afterwards.
 */
export async function installByRestart(request: RestartRequest): Promise<UpgradeVm> {
  const { places, from, former, events, onStep, signal } = request;
  await events?.install?.();
  onStep({ kind: "stopping", version: from.release.version });
  const bookkeeping = keepBookkeeping(places);
  const result = await stopAndStart(request).catch((error: unknown): InstallFailure => {
    // A VM that was launched goes on to start; one that was not stopped runs as before.
    if (!(error instanceof EnitError) || signal?.aborted === true || request.vm.isAlive()) throw error;
    return { error, problems: [] };
  });
  if (!("error" in result)) return result;
  onStep({ kind: "going back", version: former.version });
  const back = await startFormer(request, bookkeeping);
  return failUpgrade(request, result.error, result.problems, back);
}

async function stopAndStart(request: RestartRequest): Promise<UpgradeVm | InstallFailure> {
  const { places, to, next, restarter, onStep, signal } = request;
  const { version, ertsVersion } = to.release;
  await restarter.stop({ force: false, despiteHooks: false, signal });
  markAsNext(places, version);
  onStep({ kind: "starting", version });
  await restarter.start(next, { despiteHooks: false, signal });
  const vm = upgradeVmOf(next, "upgrade");
  await using session = await openSession(vm, { signal });
  const problems: Problem[] = [];
  const { facts, running } = session;
  if (facts.ertsVersion !== ertsVersion) {
    problems.push(problem("vm", vm.node, `the emulator is ${facts.ertsVersion} in place of ${ertsVersion}`));
  }
  if (running.version !== version) {
    problems.push(problem("vm", vm.node, `release_handler has ${running.version} as what runs in place of ${version}`));
  }
  const secured = { ...request, vm, permanent: true, ownEnvironment: true };
  if (problems.length > 0) return { error: unverified(secured, problems), problems };
  return (await findFailure(session.connection, secured, undefined)) ?? vm;
}

/** Starts the version again that is permanent, in place of whatever runs. */
async function startFormer(request: RestartRequest, bookkeeping: Bookkeeping): Promise<GoneBack> {
  const { former, from, to, restarter, settleSeconds } = request;
  const { name, stateDir, version } = former;
  try {
    if (findRunningVm(stateDir) !== undefined) await restarter.stop({ force: true, despiteHooks: true });
    bookkeeping.putBack();
    await restarter.start(former, { despiteHooks: true });
    await using session = await openSession(upgradeVmOf(former, "upgrade"));
    const running = session.running.version;
    const problems =
      version === from.release.version
        ? await verify(session.connection, {
            side: from,
            other: to,
            installation: undefined,
            ownEnvironment: true,
            settleSeconds,
          })
        : [];
    if (problems.length === 0 && running === version) {
      const state = `the release was started again with ${version}`;
      return { restored: running === from.release.version, state, hint: undefined, running, restarted: true };
    }
    const found = problems.map(({ message }) => message).join("; ") || `${running} runs`;
    const hint = `To start it once more: enit restart ${name}`;
    return { restored: false, state: `${version} was started again, but ${found}`, hint, running, restarted: true };
  } catch (error) {
    if (!(error instanceof EnitError)) throw error;
    const state = `${version} does not start again: ${error.message}`;
    const hint = error.hint ?? `Version ${version} is still what starts: enit start ${name}`;
    return { restored: false, state, hint, running: null, restarted: true };
  }
}
