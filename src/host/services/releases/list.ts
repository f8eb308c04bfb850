import type { ReleaseListing } from "../../../contract/index.ts";
import { type LoadedRelease, loadReleases } from "../../../release/index.ts";
import type { ServiceBase } from "../index.ts";
import { resolveConfig, runningEnvironment } from "./load.ts";
import { processOf } from "./process.ts";

/** Lists all releases as `ReleaseService.list` does. */
export async function listReleases(base: ServiceBase): Promise<readonly ReleaseListing[]> {
  const loaded = await loadReleases(base.settings, {
    resolveConfig: (config, release) => resolveConfig(base, config, release),
    environment: runningEnvironment,
    keepUnset: true,
  });
  return loaded.map(describe);
}

function describe(loaded: LoadedRelease): ReleaseListing {
  if ("error" in loaded) {
    const { name, error, stateDir } = loaded;
    const { state, node } = processOf(stateDir);
    return { name, version: undefined, node, state, error: error.message };
  }
  const { name, version, node, stateDir } = loaded.release;
  const running = processOf(stateDir);
  return { name, version, node: running.node ?? node.nodeName, state: running.state, error: undefined };
}
