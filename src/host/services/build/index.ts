import type { BuildService, Context, HookName, Overlay } from "../../../contract/index.ts";
import type { ServiceBase } from "../index.ts";

/** An overlay operation that is about to run, its plugin set up. */
export interface ReadyOverlay {
  readonly overlay: Overlay;
  readonly context: Context;
  readonly plugin: { readonly name: string; readonly isBuiltIn: boolean };
}

/** What a build asks of the plugins of this run. */
export interface BuildParticipants {
  /** Adds those that lie in `plugins/` of a directory. */
  readonly openProject: (directory: string) => Promise<void>;
  readonly hasHook: (name: HookName) => boolean;
  readonly overlayNames: () => readonly string[];
  /** The overlay operation of a plugin, with that plugin. */
  readonly findOverlay: (name: string) => Promise<ReadyOverlay | undefined>;
}

/** Makes the service that builds releases, and tells what an upgrade between two would be. Each part is loaded when it is called. */
export function makeBuildService(base: ServiceBase): BuildService {
  return {
    release: async (options = {}) => (await import("./release.ts")).release(base, options),
    appups: async (older, newer, options = {}) => (await import("./appups.ts")).appups(base, older, newer, options),
    lint: async (older, newer, options = {}) => (await import("./lint.ts")).lint(base, older, newer, options),
  };
}
