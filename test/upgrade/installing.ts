import { copyFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { NodeConnection } from "../../src/dist/index.ts";
import { readTermFile } from "../../src/otp/index.ts";
import { atom, isAtom, isTagged, nil, printTerm, string, textValue } from "../../src/term/index.ts";
import {
  type Installed,
  installRelease,
  type InstallRequest,
  knownReleases,
  readInstalledReleases,
  runningRelease,
  sendAgent,
  type UpgradeSide,
  type UpgradeStep,
} from "../../src/upgrade/index.ts";
import type { Builds, TargetSystem } from "./target-system.ts";

/** Installs a version as enit does, `request` being what is not as usual. */
export async function install(
  system: TargetSystem,
  to: string,
  request: Partial<Omit<InstallRequest, "onStep">> & {
    readonly onStep?: (step: UpgradeStep, connection: NodeConnection) => void;
  } = {},
): Promise<Installed> {
  await using connection = await system.connect();
  await sendAgent(connection);
  const from = runningRelease(await knownReleases(connection))?.version ?? "";
  const { onStep, ...rest } = request;
  return await installRelease(connection, {
    vm: system.vm,
    places: placesOf(system),
    from: sideOf(system, from),
    to: sideOf(system, to),
    permanent: true,
    limits: { restartSeconds: 20 },
    settleSeconds: 0,
    onStep: (step) => onStep?.(step, connection),
    ...rest,
  });
}

/** Unpacks the tarballs of versions. */
export async function unpack(system: TargetSystem, builds: Builds, ...versions: string[]): Promise<void> {
  await using connection = await system.connect();
  for (const version of versions) {
    const file = builds.tarball(version);
    copyFileSync(file, join(system.root, "releases", basename(file)));
    const answer = await connection.call("release_handler", "unpack_release", [string(basename(file, ".tar.gz"))]);
    if (!isTagged(answer, "ok", 2)) throw new Error(printTerm(answer));
  }
}

function placesOf({ root }: TargetSystem): { root: string; releasesDir: string } {
  return { root, releasesDir: join(root, "releases") };
}

/** A version as it is installed in a system. */
export function sideOf(system: TargetSystem, version: string): UpgradeSide {
  const release = readInstalledReleases(placesOf(system)).get(version);
  if (release === undefined) throw new Error(`version ${version} is not installed`);
  const config = readTermFile(join(system.root, "releases", version, "sys.config")).terms[0] ?? nil;
  return { release, config };
}

/** What runs, and what is known, as `release_handler` says: `2 permanent, 1 old`. */
export async function statesOf(system: TargetSystem): Promise<string> {
  await using connection = await system.connect();
  const releases = await knownReleases(connection);
  return releases.map(({ version, status }) => `${version} ${status}`).join(", ");
}

/** The version that a counter has in its state. */
export async function versionOf(system: TargetSystem, counter = "counter"): Promise<string | undefined> {
  await using connection = await system.connect();
  return textValue(await connection.call("counter_server", "version", [atom(counter)]));
}

/** Calls a function of the VM, and says what it answered. */
export async function call(
  system: TargetSystem,
  module: string,
  functionName: string,
  ...args: Parameters<NodeConnection["call"]>[2]
): Promise<string> {
  await using connection = await system.connect();
  const answer = await connection.call(module, functionName, args);
  return isAtom(answer) ? answer.name : printTerm(answer, { format: "tp" });
}
