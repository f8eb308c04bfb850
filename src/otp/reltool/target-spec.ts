import type { SourcePosition } from "../../error/index.ts";
import type { Term } from "../../term/index.ts";
import type { OtpInstallation } from "../installation.ts";
import { analyseSystem } from "./analyse.ts";
import type { SysConfig } from "./config.ts";
import { loadSystem } from "./load-system.ts";
import { makeSpec } from "./make-spec.ts";
import type { ReltoolWarning } from "./option-error.ts";
import { parseSys } from "./parse-sys.ts";
import type { SpecItem } from "./spec.ts";
import type { System } from "./system.ts";

export interface TargetSpecOptions {
  /** The OTP at hand: its root directory is the default for `root_dir`, and its reltool is the one that is followed. */
  readonly otp: OtpInstallation;
  /** What relative paths in the configuration begin at. */
  readonly directory: string;
  /** Where `ERL_LIBS` is looked for, the default for `lib_dirs`. Default: the process's own environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where a term of the configuration stands in its file, for messages. */
  readonly positionOf?: (term: Term) => SourcePosition | undefined;
}

export interface TargetSpec {
  /** The configuration, its paths made absolute. */
  readonly sys: SysConfig;
  readonly items: readonly SpecItem[];
  /** Each once. */
  readonly warnings: readonly ReltoolWarning[];
  /**
   * The modules that `.app` files of included applications name and that are not there, except for those that the configuration
   * excludes. reltool says nothing of them; a system of the mode `embedded` would not boot.
   */
  readonly missingModules: readonly MissingModule[];
}

/** A module that is named and not there. */
export interface MissingModule {
  readonly application: string;
  readonly module: string;
}

/**
 * Makes the target specification of a configuration `{sys, [Option]}`, as `reltool:get_target_spec/1` does.
 *
 * Reads directories, `.app` files, and the BEAM files of what is included; starts no VM, except for an escript of source
 * code. Where it goes on and reltool does not is listed in docs/reltool-differences.md. Throws what its parts throw; the
 * codes stand there.
 */
export function makeTargetSpec(sys: Term, options: TargetSpecOptions): TargetSpec {
  const { otp, directory, env = process.env, positionOf = () => undefined } = options;
  const warnings = new Map<string, ReltoolWarning>();
  const warn = (warning: ReltoolWarning): void => {
    if (!warnings.has(warning.message)) warnings.set(warning.message, warning);
  };
  const libDirs = (env["ERL_LIBS"] ?? "").split(":").filter((dir) => dir !== "");
  const context = { directory, release: otp.release, positionOf, warn };
  const config = parseSys(sys, { rootDir: otp.root, libDirs }, context);
  const system = loadSystem(config, otp, warn);
  analyseSystem(system, warn);
  const items = makeSpec(system, warn);
  return { sys: config, items, warnings: [...warnings.values()], missingModules: missingModules(system) };
}

function missingModules({ apps }: System): MissingModule[] {
  return apps
    .filter(({ kind, included }) => kind === "application" && included === true)
    .flatMap(({ name, mods }) =>
      mods
        .filter(({ isAppMod, exists, cond }) => isAppMod && !exists && cond !== "exclude")
        .map((mod) => ({ application: name, module: mod.name })),
    );
}
