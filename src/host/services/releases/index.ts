import type { ReleaseService } from "../../../contract/index.ts";
import { explainConfig, listReleaseNames, maskCookie } from "../../../release/index.ts";
import type { ServiceBase } from "../index.ts";
import { connect } from "./connect.ts";
import { inspect } from "./inspect.ts";
import { listReleases } from "./list.ts";
import { load } from "./load.ts";
import { applyChanges, planChanges } from "./reconfigure.ts";
import { processOf } from "./process.ts";
import { remoteShell } from "./shell.ts";
import { start, startForeground } from "./start.ts";
import { stop } from "./stop.ts";

/** Makes the service that loads, starts, asks, changes and stops releases. */
export function makeReleaseService(base: ServiceBase): ReleaseService {
  return {
    names: async () => listReleaseNames(base.settings),
    load: (name, options = {}) => load(base, name, options.match ?? false),
    explain: (release, options = {}) => explainConfig(options.showCookie ? release.config : maskCookie(release.config)),
    list: () => listReleases(base),
    process: async (release) => processOf(release.stateDir),
    inspect,
    connect,
    start: (release, options = {}) => start(base, release, options),
    startForeground: (release, options = {}) => startForeground(base, release, options),
    stop: (name, options = {}) => stop(base, name, options),
    planReconfigure: (release, options = {}) => planChanges(base, release, options),
    reconfigure: (release, plan, options = {}) => applyChanges(base, release, plan, options),
    remoteShell,
  };
}
