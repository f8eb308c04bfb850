/**
 * The configuration of reltool, `{sys, [Option]}`, as values. Names and defaults are those of the man page reltool(3).
 */
import type { Term } from "../../term/index.ts";
import type { Filter } from "./filters.ts";

/** Which modules of an application are included with it: `all`, those in its `.app` file, those in `ebin`, or none yet. */
export type ModCond = "all" | "app" | "ebin" | "derived" | "none";

/** Whether something is included: always, never, or if something else that is included uses it. */
export type InclCond = "include" | "exclude" | "derived";

/** What becomes of `.app` files: copied, without the modules left out, or with all modules included. */
export type AppFile = "keep" | "strip" | "all";

/** What becomes of debug information; a list names the chunks that are kept beside those that are loaded. */
export type DebugInfo = "keep" | "strip" | readonly string[];

/** How an application is started by a release; `undefined` leaves it to what stands above. */
export type AppType = "permanent" | "transient" | "temporary" | "load" | "none" | undefined;

export type Profile = "development" | "embedded" | "standalone";

/** Filters over the files of the system, and of each application. */
export interface FilterSet {
  readonly incl: readonly Filter[];
  readonly excl: readonly Filter[];
}

/** The options of the whole system. */
export interface SysConfig {
  readonly rootDir: string;
  readonly libDirs: readonly string[];
  readonly modCond: ModCond;
  readonly inclCond: InclCond;
  /** `erts` and escripts among them. */
  readonly apps: readonly AppConfig[];
  readonly bootRel: string;
  readonly rels: readonly RelConfig[];
  readonly sysFilters: FilterSet;
  readonly appFilters: FilterSet;
  readonly archiveFilters: FilterSet;
  readonly archiveOpts: readonly Term[];
  /** Whether applications of the root directory are left out. */
  readonly exclLib: boolean;
  readonly relocatable: boolean;
  readonly relAppType: AppType;
  readonly embeddedAppType: AppType;
  readonly appFile: AppFile;
  readonly debugInfo: DebugInfo;
}

/** The options of one application; what is `undefined` is the system's. */
export interface AppConfig {
  readonly name: string;
  /** The file, for an escript. */
  readonly escript?: string | undefined;
  readonly vsn?: string | undefined;
  /** The directory to take it from. */
  readonly libDir?: string | undefined;
  readonly modCond?: ModCond | undefined;
  readonly inclCond?: InclCond | undefined;
  readonly appFile?: AppFile | undefined;
  readonly appType?: AppType;
  readonly inclAppFilters?: readonly Filter[] | undefined;
  readonly exclAppFilters?: readonly Filter[] | undefined;
  readonly inclArchiveFilters?: readonly Filter[] | undefined;
  readonly exclArchiveFilters?: readonly Filter[] | undefined;
  readonly archiveOpts?: readonly Term[] | undefined;
  /** The conditions of single modules. */
  readonly mods: ReadonlyMap<string, InclCond | undefined>;
}

/** A release: one `.rel`, one boot script. */
export interface RelConfig {
  readonly name: string;
  readonly vsn: string;
  readonly apps: readonly RelAppConfig[];
  /** Whether its boot script runs `$HOME/.erlang`. */
  readonly loadDotErlang: boolean;
}

export interface RelAppConfig {
  readonly name: string;
  readonly type: AppType;
  /** In place of those that the `.app` file includes. */
  readonly includedApplications: readonly string[] | undefined;
}
