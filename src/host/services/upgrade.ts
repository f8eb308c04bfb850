import { existsSync } from "node:fs";
import {
  describeRetry,
  type StartStep,
  type UpgradeService,
  type UpgradeServiceOptions,
} from "../../contract/index.ts";
import { EnitError } from "../../error/index.ts";
import type { Release } from "../../release/index.ts";
import {
  type InstallEvents,
  type Problem,
  listVersions,
  planUpgrade,
  removeVersion,
  type Restarter,
  upgradeRelease,
  type UpgradeOptions,
} from "../../upgrade/index.ts";
import { checkLaunch, statePaths } from "../../vm/index.ts";
import { toEnitError } from "../failure.ts";
import type { ServiceBase } from "./index.ts";
import { load } from "./releases/load.ts";
import { start } from "./releases/start.ts";
import { stop } from "./releases/stop.ts";

/** How long a VM that starts anew may take: its applications may take their time, and their retries. In seconds. */
const RESTART_SECONDS = 300;
const SETTLE_SECONDS = 5;

/** Makes the service that changes the version of running releases. */
export function makeUpgradeService(base: ServiceBase): UpgradeService {
  return {
    upgrade: (release, target, options = {}) =>
      namingLog(release, upgradeRelease(release, target, optionsOf(base, release, options))),
    plan: (release, target, { signal = base.signal, restart } = {}) =>
      planUpgrade(release, target, { signal, restart }),
    versions: (release, options = {}) => listVersions(release, options.signal ?? base.signal),
    remove: (release, version, options = {}) =>
      removeVersion(release, version, { onStep: options.onStep ?? (() => {}), signal: options.signal ?? base.signal }),
  };
}

function optionsOf(base: ServiceBase, release: Release, options: UpgradeServiceOptions): UpgradeOptions {
  return {
    permanent: options.permanent ?? true,
    ...installManner(options),
    warn: (message) => base.log.warn(message),
    events: (from, to, vm) => upgradeEvents(base, release, { from, to, ...vm }),
    signal: options.signal ?? base.signal,
    restarter: options.restart === true ? makeRestarter(base, release) : undefined,
  };
}

/** Stops and starts a release as the commands of these names do, with the variables that its VM was started with. */
function makeRestarter(base: ServiceBase, { name }: Release): Restarter {
  return {
    load: async (version, ertsVersion) => {
      const release = await load(base, name, {}, { version, ertsVersion });
      await checkLaunch(release);
      return release;
    },
    stop: ({ force, despiteHooks, signal }) =>
      telling(base, despiteHooks, stop(base, name, signal === undefined ? { force } : { force, signal })),
    start: (release, { despiteHooks, signal }) => {
      const onStep = (step: StartStep): void => {
        if (step.kind === "retrying") base.log.warn(describeRetry(step));
      };
      const options = signal === undefined ? { onStep } : { onStep, signal };
      return telling(base, despiteHooks, start(base, release, options));
    },
  };
}

/** Where it is to be done despite hooks, tells what one has thrown besides. */
async function telling({ log }: ServiceBase, despiteHooks: boolean, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!despiteHooks || !(error instanceof EnitError) || error.code !== "hook_failed") throw error;
    log.error(error.message);
  }
}

/** How an installation is to go. */
export function installManner(
  options: Omit<UpgradeServiceOptions, "permanent">,
): Pick<UpgradeOptions, "limits" | "settleSeconds" | "onStep"> {
  return {
    limits: {
      suspendMs: options.suspendTimeout,
      codeChangeMs: options.codeChangeTimeout,
      seconds: options.timeoutSeconds,
      restartSeconds: RESTART_SECONDS,
    },
    settleSeconds: options.settleSeconds ?? SETTLE_SECONDS,
    onStep: options.onStep ?? (() => {}),
  };
}

/** The hooks of an upgrade. */
export function upgradeEvents(
  { hooks, log }: Pick<ServiceBase, "hooks" | "log">,
  { name, version }: Pick<Release, "name" | "version">,
  { from, to, node, pid }: { readonly from: string; readonly to: string; readonly node: string; readonly pid: number },
): InstallEvents {
  const facts = { release: { name, version }, node, pid, from, to };
  return {
    install: () => hooks.series("upgrade:install", facts),
    installed: (permanent) => hooks.series("upgrade:installed", { ...facts, permanent }),
    failed: async (error, restored) => {
      try {
        await hooks.series("upgrade:failed", { ...facts, error, restored });
      } catch (hookError) {
        // The upgrade's own error is the one to end with; that of a hook is told besides.
        log.error(toEnitError(hookError).message);
      }
    },
  };
}

/**
 * Has the error of an installation name the log where the VM has told why in its own words: when it went down, and when
 * something did not start.
 */
export async function namingLog<T>({ stateDir }: Release, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { log } = statePaths(stateDir);
    if (!(error instanceof EnitError) || error.hint !== undefined) throw error;
    if (!isLogged(error.data) || !existsSync(log)) throw error;
    const { code, message, kind, data } = error;
    throw new EnitError(code, message, { kind, data, hint: `What the VM said meanwhile is in ${log}`, cause: error });
  }
}

function isLogged({ restarted, problems }: EnitError["data"]): boolean {
  const found = (problems ?? []) as readonly Problem[];
  return restarted === true || found.some(({ kind }) => kind === "application" || kind === "supervisor");
}
