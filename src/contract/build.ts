import type { BuildResult } from "../knit/index.ts";
import type { Log } from "./context.ts";

/** Builds releases from a `reltool.config`, natively: no Erlang VM is started, except for `.script` files. */
export interface BuildService {
  /**
   * Builds a release: its tree and its tarball. Calls the `build:*` hooks and the overlay operations of all plugins, those in
   * `plugins/` beside the configuration among them.
   */
  release(options?: BuildOptions): Promise<BuildResult>;
}

export interface BuildOptions {
  /** The configuration. Default: `reltool.config` or `rel/reltool.config`. */
  readonly configFile?: string | undefined;
  /** `name=value` words, which are stronger than the configuration. */
  readonly variables?: readonly string[];
  /** Where messages go. Default: that of the host. */
  readonly log?: Log;
}
