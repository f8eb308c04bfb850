import type { Term } from "../../term/index.ts";
import type { AppConfig, InclCond, SysConfig } from "./config.ts";

/** A module of an application, in `ebin`, in the `.app` file, or both. */
export interface Mod {
  readonly name: string;
  /** The application; `undefined` for a module that is configured and not there. */
  readonly app: string | undefined;
  /** The condition of its own. */
  readonly cond: InclCond | undefined;
  readonly isAppMod: boolean;
  readonly isEbinMod: boolean;
  /** Whether there is a BEAM file. */
  readonly exists: boolean;
  /** The modules that it calls, read from the BEAM file when they are asked for. */
  readonly uses: () => readonly string[];
  /** Whether it is included; `undefined` until something is known. */
  included: boolean | undefined;
}

/** What reltool takes from a `.app` file; values that it only hands on are terms as they stand there. */
export interface AppInfo {
  readonly description: Term;
  readonly id: Term;
  readonly vsn: string;
  readonly modules: readonly string[];
  readonly maxP: Term;
  readonly maxT: Term;
  readonly registered: Term;
  readonly applications: readonly string[];
  readonly optionalApplications: readonly string[];
  readonly includedApplications: readonly string[];
  readonly env: Term;
  readonly mod: Term | undefined;
  readonly startPhases: Term | undefined;
}

/** An application in one version, an escript, or an application in an escript. */
export interface App {
  readonly name: string;
  readonly kind: "application" | "escript" | "inlined";
  readonly config: AppConfig;
  /** The directory that it is taken from; the file, for an escript; none for an excluded one that is not there. */
  readonly dir: string | undefined;
  readonly vsn: string;
  /** `NAME-VSN`, or the name if there is no version. */
  readonly label: string;
  readonly info: AppInfo;
  /** Sorted by name. */
  readonly mods: readonly Mod[];
  /** Whether it is included; `undefined` until something is known. */
  included: boolean | undefined;
}

/** A configuration and all that can be found for it. */
export interface System {
  readonly sys: SysConfig;
  /** The OTP release at hand. */
  readonly release: number;
  /** Sorted by name. */
  readonly apps: readonly App[];
}
