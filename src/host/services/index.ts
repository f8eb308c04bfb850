import type { HookRunner, HostService, Log, Services } from "../../contract/index.ts";
import type { HostSettings } from "../../release/index.ts";
import type { ContextBase } from "../context.ts";
import type { BuildParticipants } from "./build/index.ts";

/** What the factories of services may use. */
export interface ServiceBase {
  readonly settings: HostSettings;
  readonly host: HostService;
  readonly hooks: HookRunner;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly progress: ContextBase["progress"];
  /** What plugins take part with in a build. */
  readonly plugins: BuildParticipants;
}

/**
 * How each service is made, when it is first used. `require` loads a room at that moment and not at the start; it is
 * synchronous, so that `context.terms` needs no `await`.
 */
const FACTORIES: { readonly [K in keyof Services]: (base: ServiceBase) => Services[K] } = {
  terms: () => require("../../term/index.ts") as typeof import("../../term/index.ts"),
  otp: () => require("../../otp/index.ts") as typeof import("../../otp/index.ts"),
  trace: () => require("../../trace/index.ts") as typeof import("../../trace/index.ts"),
  beam: () => require("../../beam/index.ts") as typeof import("../../beam/index.ts"),
  host: (base) => base.host,
  settings: (base) => base.settings,
  build: (base) => {
    const room = require("./build/index.ts") as typeof import("./build/index.ts");
    return room.makeBuildService(base);
  },
  agent: () => {
    const room = require("./agent.ts") as typeof import("./agent.ts");
    return room.makeAgentService();
  },
  upgrade: (base) => {
    const room = require("./upgrade.ts") as typeof import("./upgrade.ts");
    return room.makeUpgradeService(base);
  },
  update: (base) => {
    const room = require("./update.ts") as typeof import("./update.ts");
    return room.makeUpdateService(base);
  },
  releases: (base) => {
    const room = require("./releases/index.ts") as typeof import("./releases/index.ts");
    return room.makeReleaseService(base);
  },
  tracing: (base) => {
    const room = require("./tracing/index.ts") as typeof import("./tracing/index.ts");
    return room.makeTracingService(base);
  },
};

/** Makes the services, each on its first use and once. */
export function makeServices(base: () => ServiceBase): Services {
  const services = {};
  for (const [name, make] of Object.entries(FACTORIES)) {
    Object.defineProperty(services, name, {
      configurable: true,
      enumerable: true,
      get: () => {
        const value = make(base());
        Object.defineProperty(services, name, { value, enumerable: true });
        return value;
      },
    });
  }
  return services as Services;
}
