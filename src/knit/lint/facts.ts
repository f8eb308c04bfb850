import type { Appup, EmulatorLimits, ReleaseSpec, UpgradeDirection } from "../../otp/index.ts";
import type { Term } from "../../term/index.ts";
import type { ApplicationCode } from "../code/index.ts";
import type { LintCode } from "./codes.ts";

/** What an upgrade from one older release consists of, and what is known of both. */
export interface UpgradeFacts {
  readonly from: ReleaseFacts;
  readonly to: ReleaseFacts;
  /** Every application that one of the two has. */
  readonly applications: readonly ApplicationPair[];
  /** What `release_handler` will do; a way that there is none for is `undefined`. */
  readonly relup: { readonly up: readonly Term[] | undefined; readonly down: readonly Term[] | undefined };
  /** Why there is no relup, where it was refused. */
  readonly refused?: { readonly message: string; readonly application?: string | undefined };
  /** What behaviours are built on, for those whose modules do not tell: `my_server` on `gen_server`. */
  readonly behaviours: ReadonlyMap<string, string>;
  /** The OTP of the newer release. */
  readonly otpRelease: number;
  /** The modules that are part of the emulator. */
  readonly preloaded: ReadonlySet<string>;
  /** What the emulator of the older release can load, where it is not replaced. */
  readonly emulator?: EmulatorLimits;
}

/** An application in both releases. Where it is the same version in both, `from` and `to` may be the same object. */
export interface ApplicationPair {
  readonly name: string;
  readonly from: ApplicationCode | undefined;
  readonly to: ApplicationCode | undefined;
  /** The appup of the newer version, as it was read. */
  readonly appup?: Appup | undefined;
  /** Its instructions for the older version, as they count; a way that it has none for is `undefined`. */
  readonly up?: readonly Term[] | undefined;
  readonly down?: readonly Term[] | undefined;
}

/** What is known of a release besides its code; what is not known is left out. */
export interface ReleaseFacts {
  readonly spec: ReleaseSpec;
  readonly sysConfig?: { readonly file: string; readonly content: Uint8Array };
  /** The text of `vm.args`. */
  readonly vmArgs?: string;
  readonly hasReleasesFile?: boolean;
  /** The applications that are packed as archives (`.ez`). */
  readonly archives?: readonly string[];
  /** What its emulator is for: `x86_64 ELF 64-bit`. */
  readonly machine?: string;
  /** By application: the native code in `priv`, by its path below the application, with something that tells versions apart. */
  readonly nativeCode?: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** Something about an upgrade that will probably hurt. */
export interface LintWarning {
  readonly code: LintCode;
  /** `null` where it is about none, or about several. */
  readonly application: string | null;
  readonly module: string | null;
  /** A sentence without a dot at its end. */
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
  /** The ways on which it happens; none if it is about no way in particular. */
  readonly directions: readonly UpgradeDirection[];
  /** The versions of the older releases for which it holds. */
  readonly from: readonly string[];
}

/** A warning before its code's hint and the releases are added. */
export interface Finding {
  readonly code: LintCode;
  readonly application?: string | undefined;
  readonly module?: string | undefined;
  readonly message: string;
}
