import type { AppupPreview, BuildResult, LintReport } from "../knit/index.ts";
import type { Log } from "./context.ts";

/** Builds releases from a `reltool.config`, natively: no Erlang VM is started, except for `.script` files. */
export interface BuildService {
  /**
   * Builds a release: its tree, its tarball, and the upgrade from older ones whose tarballs are there. Calls the hooks
   * `build:*`, `upgrade:appup`, `upgrade:relup`, `upgrade:packaged` and the overlay operations of all plugins, those in
   * `plugins/` beside the configuration among them.
   */
  release(options?: BuildOptions): Promise<BuildResult>;
  /**
   * Makes the appups between two versions of an application or a release, as a build would; nothing is written. Each is the
   * directory of an application, the directory of a release, or the tarball of one. Calls the hook `upgrade:appup`.
   */
  appups(older: string, newer: string, options?: AppupOptions): Promise<AppupPreview>;
  /**
   * Looks for what would hurt in the upgrade from one release to another, each a directory or a tarball, and back. Nothing is
   * run.
   */
  lint(older: string, newer: string, options?: LintOptions): Promise<LintReport>;
}

export interface LintOptions {
  /** What behaviours are built on, as the option `behaviours` of a `reltool.config`. */
  readonly behaviours?: readonly (readonly [name: string, base: string])[];
  /** What not to warn of: a code, or `CODE:NAME` for one module or application. */
  readonly ignore?: readonly string[];
}

export interface AppupOptions {
  /** What behaviours are built on, as the option `behaviours` of a `reltool.config`. */
  readonly behaviours?: readonly (readonly [name: string, base: string])[];
}

export interface BuildOptions {
  /** The configuration. Default: `reltool.config` or `rel/reltool.config`. */
  readonly configFile?: string | undefined;
  /** `name=value` words, which are stronger than the configuration. */
  readonly variables?: readonly string[];
  /** Pack all applications into the upgrade, also those that every older release has. */
  readonly full?: boolean;
  /** Warn of an application whose code changed without its version, in place of refusing it. */
  readonly allowSameVersion?: boolean;
  /** Where messages go. Default: that of the host. */
  readonly log?: Log;
}
