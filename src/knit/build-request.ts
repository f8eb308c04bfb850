import type { OtpInstallation } from "../otp/index.ts";
import type { Term } from "../term/index.ts";
import type { BuildWarning } from "./config/config.ts";
import type { OverlayOperations } from "./overlay/run-overlays.ts";
import type { ChangeAppup } from "./upgrade/appups.ts";
import type { BuiltUpgrade } from "./upgrade/built-upgrade.ts";

/** What is to be built. */
export interface BuildRequest {
  /** Where the configuration is looked for, absolute. */
  readonly workingDirectory: string;
  /** The configuration, if it is not where it is looked for. */
  readonly configFile?: string | undefined;
  /** `name=value` words. */
  readonly variables?: readonly string[];
  /** Pack all applications into the upgrade. Default: those that are new to some older release. */
  readonly full?: boolean;
  /** Warn of an application whose code changed without its version, in place of refusing it. */
  readonly allowSameVersion?: boolean;
}

/** What a build needs of its host. */
export interface BuildTools {
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The Erlang/OTP at hand, or the one in a directory. */
  readonly findOtp: (root?: string) => OtpInstallation;
  readonly log: {
    readonly warn: (message: string) => void;
    readonly info: (message: string) => void;
    readonly debug: (message: string) => void;
  };
  readonly progress: (label: string, total?: number) => BuildProgress;
  /** Called once the directory of the configuration is known, where plugins may lie. */
  readonly openProject: (directory: string) => Promise<BuildPlugins>;
}

export interface BuildProgress extends Disposable {
  update(done: number, label?: string): void;
}

/** What plugins do in a build. */
export interface BuildPlugins {
  readonly overlays: OverlayOperations;
  readonly config: (terms: readonly Term[], file: string) => Promise<readonly Term[]>;
  /** `undefined` where no plugin takes part, as the term of a specification is large. */
  readonly spec: ((spec: Term, facts: BuildFacts) => Promise<Term>) | undefined;
  readonly overlaid: (facts: BuildFacts) => Promise<void>;
  readonly packaged: (facts: BuildFacts & { readonly file: string; readonly size: number }) => Promise<void>;
  /** `undefined` where no plugin takes part. */
  readonly appup: ChangeAppup | undefined;
  readonly relup: ((relup: Term, facts: UpgradeFacts) => Promise<Term>) | undefined;
  readonly upgradePackaged: (facts: UpgradeFacts & { readonly file: string; readonly size: number }) => Promise<void>;
}

export interface BuildFacts {
  readonly release: { readonly name: string; readonly version: string };
  /** The tree: where it is made, or, once it is packed, where it is. */
  readonly buildDirectory: string;
}

export interface UpgradeFacts {
  readonly release: { readonly name: string; readonly version: string };
  /** The versions of the older releases. */
  readonly from: readonly string[];
}

/** What was built. Paths are absolute, sizes in bytes. */
export interface BuildResult {
  readonly release: { readonly name: string; readonly version: string };
  readonly config: string;
  readonly otp: { readonly version: string; readonly erts: string; readonly root: string };
  readonly applications: readonly { readonly name: string; readonly version: string }[];
  readonly buildDirectory: string;
  readonly tarball: { readonly file: string; readonly size: number; readonly files: number };
  /** `null` where there is no older release that a way leads from. */
  readonly upgrade: BuiltUpgrade | null;
  readonly warnings: readonly BuildWarning[];
}
