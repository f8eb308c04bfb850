import { resolve } from "node:path";
import {
  findApplications,
  findOtp,
  libraryDirs,
  resolveApplications,
  type ResolvedApplication,
  type StartType,
} from "../otp/index.ts";
import { isPackaged, type Release } from "../release/index.ts";
import { keepCode } from "./kept-code.ts";
import { findPackagedSystem } from "./packaged/index.ts";
import { type ReleaseFile, type ReleaseParts, releaseFiles } from "./release-files.ts";

/** The emulator that a release runs on. */
export interface Emulator {
  /** What `code:root_dir/0` says. */
  readonly root: string;
  /** The OTP release: 25. */
  readonly release: number;
  readonly ertsDir: string;
}

/** What there is on this machine for a release to boot from. */
export interface ReleaseSystem {
  readonly otp: Emulator;
  /** The names of all applications: those that the release asks for, and those that they need. */
  readonly applications: readonly string[];
  /** What the agent starts, in this order, and as what. kernel and stdlib run already. */
  readonly starts: readonly (readonly [application: string, type: StartType])[];
  /** What the directory `releases` of the state directory holds. */
  readonly files: () => readonly ReleaseFile[];
  /** What is packed in it, if it is a packaged release. */
  readonly packed?: PackedSystem;
  /** Keeps the code that is installed for others too, and may be replaced. Throws `code_not_kept`. */
  readonly keepCode?: (stateDir: string, gid: number) => void;
}

/** What is different for a packaged release. */
export interface PackedSystem {
  /** The directory of `release_handler`. */
  readonly releasesDir: string;
  /** Flags before those of the section `node`. */
  readonly args: readonly string[];
  /** What follows `-extra`. */
  readonly extra: readonly string[];
  /** Variables that the files of the release count on, unless the environment has them. */
  readonly env: Readonly<Record<string, string>>;
  /** Flags of a remote shell. */
  readonly shellArgs: readonly string[];
}

/**
 * Finds the OTP and the applications that a release runs on, as they are installed now, or those that are packed with it.
 *
 * Throws `otp_not_found`, `otp_too_old`, `application_not_found`, `application_version_not_found`,
 * `application_included_twice`, `circular_dependency`, what unusable `.app` files throw, and what `findPackagedSystem` throws.
 */
export function findReleaseSystem(release: Release): ReleaseSystem {
  if (isPackaged(release)) return findPackagedSystem(release);
  const { otp, starts, ...parts } = findInstalledSystem(release);
  const options = { otpLibDir: otp.libDir };
  return {
    otp,
    applications: parts.applications.map(({ name }) => name),
    starts,
    files: () => releaseFiles(release, { otp, ...parts }),
    ...(release.node.keepCode
      ? { keepCode: (stateDir, gid) => keepCode(stateDir, parts.applications, { ...options, gid }) }
      : {}),
  };
}

/** What a release that bundles nothing is made of, as it is installed now. */
export interface InstalledSystem extends ReleaseParts {
  /** As `ReleaseSystem` has them. */
  readonly starts: ReleaseSystem["starts"];
}

/** As `findReleaseSystem`, for a release that is not packaged. */
export function findInstalledSystem(release: Release): InstalledSystem {
  const { otpRoot, libDirs } = release.node;
  const otp = findOtp(otpRoot === undefined ? {} : { root: otpRoot });
  // Absolute, since the VM has another working directory than we.
  const index = findApplications({ libDirs: libraryDirs(otp, libDirs).map((path) => resolve(path)) });
  const applications = resolveApplications(withTls(release), index, release.name);
  return { otp, index, applications, starts: startsOf(release, applications) };
}

/** What the VM needs to have distribution over TLS, before all that may use it. */
function withTls({ applications, node }: Release): Parameters<typeof resolveApplications>[0] {
  const hasSsl = applications.some(({ name }) => name === "ssl");
  return node.tls === undefined || hasSsl ? applications : [{ name: "ssl" }, ...applications];
}

/**
 * What is started. Included applications are started by those that include them; what the release does not name is there
 * because something needs it, and is as permanent as that.
 */
function startsOf(release: Release, applications: readonly ResolvedApplication[]): [name: string, type: StartType][] {
  const types = new Map(release.applications.map(({ name, type }) => [name, type]));
  return applications
    .filter(({ name, includedBy }) => name !== "kernel" && name !== "stdlib" && includedBy === undefined)
    .map(({ name }): [string, StartType] => [name, types.get(name) ?? "permanent"])
    .filter(([, type]) => type !== "load" && type !== "none");
}
