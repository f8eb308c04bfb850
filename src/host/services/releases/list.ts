import type { ReleaseListing } from "../../../contract/index.ts";
import { isOwnHost, listNodes } from "../../../dist/index.ts";
import { EnitError } from "../../../error/index.ts";
import { type LoadedRelease, loadReleases, type Release } from "../../../release/index.ts";
import type { ServiceBase } from "../index.ts";
import { connectByName } from "./connect.ts";
import { resolveConfig, runningEnvironment } from "./load.ts";
import { processIn, processOf } from "./process.ts";

/** Milliseconds. */
const ASK_TIMEOUT = 1000;

/** Lists all releases as `ReleaseService.list` does. */
export async function listReleases(base: ServiceBase): Promise<readonly ReleaseListing[]> {
  const loaded = await loadReleases(base.settings, {
    resolveConfig: (config, release) => resolveConfig(base, config, release),
    environment: runningEnvironment,
    keepUnset: true,
  });
  const listed = loaded.map(describe);
  const others = await findOtherNodes(loaded, listed, base);
  return listed.map((listing) => others.get(listing.name) ?? listing);
}

/**
 * The releases that nothing runs as far as their state directories tell, but whose nodes are there all the same: something
 * else has started them. Only nodes are asked that epmd knows under such a name.
 */
async function findOtherNodes(
  loaded: readonly LoadedRelease[],
  listed: readonly ReleaseListing[],
  { signal }: ServiceBase,
): Promise<ReadonlyMap<string, ReleaseListing>> {
  const ours = new Set(listed.flatMap(({ state, node }) => (state === "not running" ? [] : [node])));
  const found = new Map<string, ReleaseListing>();
  const candidates = listed.flatMap((listing, index) => {
    const each = loaded[index];
    const release = each !== undefined && "release" in each ? each.release : undefined;
    const isOff = release !== undefined && listing.state === "not running" && !ours.has(release.node.nodeName);
    return isOff && release.node.epmd && isOwnHost(release.node.host) ? [{ listing, release }] : [];
  });
  for (const epmdPort of new Set(candidates.map(({ release }) => release.node.epmdPort))) {
    const registered = await registeredNodes(epmdPort, signal);
    const known = candidates.filter(({ release: { node } }) => node.epmdPort === epmdPort && registered.has(node.name));
    await Promise.all(
      known.map(async ({ listing, release }) => {
        if (await isRunningElsewhere(release, signal)) found.set(release.name, { ...listing, state: "running" });
      }),
    );
  }
  return found;
}

/** Whether a node has the cookie of a release as well as its name. One that does not answer at once is none that is listed. */
async function isRunningElsewhere(release: Release, signal: AbortSignal): Promise<boolean> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(ASK_TIMEOUT)]);
  try {
    await using node = await connectByName(release, { signal: patience });
    return node !== undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof EnitError || patience.aborted) return false;
    throw error;
  }
}

/** The nodes that an epmd of this machine knows, by the part of their names before the `@`. */
async function registeredNodes(epmdPort: number | undefined, signal: AbortSignal): Promise<ReadonlySet<string>> {
  try {
    return new Set((await listNodes({ epmdPort, signal })).map(({ name }) => name));
  } catch (error) {
    if (error instanceof EnitError && error.code === "epmd_unreachable") return new Set();
    throw error;
  }
}

function describe(loaded: LoadedRelease): ReleaseListing {
  if ("error" in loaded) {
    const { name, error, stateDir } = loaded;
    const { state, node } = ifReadable(() => processIn(stateDir));
    return { name, version: undefined, node, state, error: error.message };
  }
  const { name, node, version } = loaded.release;
  const running = ifReadable(() => processOf(loaded.release));
  if ("error" in running) return { ...running, name, version, node: node.nodeName };
  const { state } = running;
  return { name, version: running.version ?? version, node: running.node ?? node.nodeName, state, error: undefined };
}

/** What is not known of a release whose state directory may not be looked into, and why. */
interface Unknown {
  readonly state: "unknown";
  readonly node: undefined;
  readonly error: string;
}

function ifReadable<T>(read: () => T): T | Unknown {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof EnitError)) throw error;
    return { state: "unknown", node: undefined, error: error.message };
  }
}
