import type { UpdateResult, UpdateService, UpgradeServiceOptions, WaitOptions } from "../../contract/index.ts";
import { EnitError } from "../../error/index.ts";
import { isPackaged, type Release } from "../../release/index.ts";
import {
  type DynamicRelease,
  finishInterrupted,
  installGeneration,
  lockUpgrade,
  type Obstacle,
  planDynamicUpdate,
  type PlanHooks,
  type UpdatePlan,
  upgradeVmOf,
} from "../../upgrade/index.ts";
import type { ServiceBase } from "./index.ts";
import { installManner, namingLog, upgradeEvents } from "./upgrade.ts";

/** Makes the service that brings running releases to what is installed. */
export function makeUpdateService(base: ServiceBase): UpdateService {
  return {
    plan: async (release, options = {}) => {
      await using dynamic = await connect(base, release, options);
      return await plan(base, dynamic, { described: true });
    },
    update: (release, options = {}) => update(base, release, options),
  };
}

async function connect(
  base: ServiceBase,
  release: Release,
  options: WaitOptions,
): Promise<DynamicRelease & AsyncDisposable> {
  if (isPackaged(release)) throw packagedRelease(release.name);
  const vm = upgradeVmOf(release, "update");
  const { signal = base.signal } = options;
  const connection = await vm.connect({ signal });
  const warn = (message: string): void => base.log.warn(message);
  return { release, vm, connection, signal, warn, [Symbol.asyncDispose]: () => connection.close() };
}

async function plan(
  base: ServiceBase,
  dynamic: DynamicRelease,
  options: Parameters<typeof planDynamicUpdate>[2],
): Promise<UpdatePlan> {
  const planned = await planDynamicUpdate(dynamic, hooksOf(base), options);
  for (const warning of planned.warnings) base.log.warn(`${warning}.`);
  return planned;
}

function hooksOf({ hooks }: ServiceBase): PlanHooks {
  return {
    changeAppup: (instructions, facts) => hooks.waterfall("upgrade:appup", instructions, facts),
    changeRelup: (relup, facts) => hooks.waterfall("upgrade:relup", relup, facts),
  };
}

async function update(
  base: ServiceBase,
  release: Release,
  options: Omit<UpgradeServiceOptions, "permanent">,
): Promise<UpdateResult> {
  const begin = performance.now();
  await using dynamic = await connect(base, release, options);
  using _ = await lockUpgrade(release, dynamic.signal);
  const manner = installManner(options);
  await finishInterrupted(dynamic, manner);
  const { from, to, changes, obstacles, next } = await plan(base, dynamic, { described: false });
  if (obstacles.length > 0) throw needsRestart(release.name, obstacles);
  const { node, pid } = dynamic.vm;
  const result = { release: release.name, node, pid, from, changes };
  if (next === undefined) {
    return { ...result, to: from, handlerMilliseconds: undefined, milliseconds: performance.now() - begin };
  }
  const events = upgradeEvents(base, release, { from, to, node, pid });
  const { handlerMilliseconds, watched } = await namingLog(
    release,
    installGeneration(dynamic, next, { ...manner, events }),
  );
  if (!watched) {
    base.log.warn("The processes could not be watched meanwhile: whether each changed its state is not verified.");
  }
  return { ...result, to, handlerMilliseconds, milliseconds: performance.now() - begin };
}

function needsRestart(release: string, obstacles: readonly Obstacle[]): EnitError {
  const states = obstacles.map(({ message }) => message).join("; ");
  return new EnitError("needs_restart", `cannot update "${release}" while it runs: ${states}`, {
    hint: `To take it up with a restart: enit update ${release} --restart`,
    data: { release, obstacles: obstacles.map(({ application = null, ...each }) => ({ ...each, application })) },
  });
}

function packagedRelease(release: string): EnitError {
  return new EnitError("packaged_release", `cannot update "${release}": it brings its applications with it`, {
    kind: "unsupported",
    hint: `A packaged release changes by an upgrade tarball: enit upgrade ${release} FILE.tar.gz`,
    data: { release },
  });
}
