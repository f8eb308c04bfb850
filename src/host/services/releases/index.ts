import type { ReleaseService } from "../../../contract/index.ts";
import { explainConfig, listReleaseNames, maskCookie } from "../../../release/index.ts";
import type { ServiceBase } from "../index.ts";
import { connect } from "./connect.ts";
import { inspect } from "./inspect.ts";
import { load } from "./load.ts";
import { processOf } from "./process.ts";

/**
 * Makes the service that loads, starts, asks, changes and stops releases.
 *
 * What only some commands need is loaded when it is called: `status` is to answer at once.
 */
export function makeReleaseService(base: ServiceBase): ReleaseService {
  return {
    names: async () => listReleaseNames(base.settings),
    load: (name, options = {}) => load(base, name, options),
    explain: (release, options = {}) => explainConfig(options.showCookie ? release.config : maskCookie(release.config)),
    list: async () => (await import("./list.ts")).listReleases(base),
    process: async (release) => processOf(release),
    inspect,
    connect,
    checkStart: async (release) => (await import("../../../vm/index.ts")).checkLaunch(release),
    start: async (release, options = {}) => (await import("./start.ts")).start(base, release, options),
    startForeground: async (release, options = {}) =>
      (await import("./start.ts")).startForeground(base, release, options),
    stop: async (name, options = {}) => (await import("./stop.ts")).stop(base, name, options),
    planReconfigure: async (release, options = {}) =>
      (await import("./reconfigure.ts")).planChanges(base, release, options),
    reconfigure: async (release, plan, options = {}) =>
      (await import("./reconfigure.ts")).applyChanges(base, release, plan, options),
    call: async (release, called, options = {}) => (await import("./call.ts")).call(release, called, options),
    evaluate: async (release, expressions, options = {}) =>
      (await import("./evaluate.ts")).evaluate(release, expressions, options),
    observe: async (release, options = {}) => (await import("./observe.ts")).observe(release, options),
    remoteShell: async (release, options = {}) => (await import("./shell.ts")).remoteShell(release, options),
  };
}
