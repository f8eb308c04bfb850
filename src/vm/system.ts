import { resolve } from "node:path";
import { EnitError } from "../error/index.ts";
import {
  type ApplicationIndex,
  findApplications,
  findOtp,
  libraryDirs,
  type OtpInstallation,
  resolveApplications,
  type ResolvedApplication,
} from "../otp/index.ts";
import type { Release } from "../release/index.ts";

/** What is installed on this machine for a release. */
export interface ReleaseSystem {
  readonly otp: OtpInstallation;
  readonly index: ApplicationIndex;
  /** The applications of the release and all that these need, in the order in which they start. */
  readonly applications: readonly ResolvedApplication[];
}

/**
 * Finds the OTP and the applications that a release runs on, as they are installed now.
 *
 * Throws `packaged_release` (kind `unsupported`), `otp_not_found`, `otp_too_old`, `application_not_found`, `application_version_not_found`,
 * `application_included_twice`, `circular_dependency`, and what unusable `.app` files throw.
 */
export function findReleaseSystem(release: Release): ReleaseSystem {
  const { otpRoot, libDirs, root } = release.node;
  if (root !== undefined) throw packagedRelease(release.name, root);
  const otp = findOtp(otpRoot === undefined ? {} : { root: otpRoot });
  // Absolute, since the VM has another working directory than we.
  const index = findApplications({ libDirs: libraryDirs(otp, libDirs).map((path) => resolve(path)) });
  return { otp, index, applications: resolveApplications(release.applications, index, release.name) };
}

function packagedRelease(release: string, root: string): EnitError {
  return new EnitError("packaged_release", `cannot start "${release}": it is a packaged release, in "${root}"`, {
    kind: "unsupported",
    hint: "This enit starts releases of installed applications only. Leave out the key root of the section node, or run the bin/erl of the package.",
    data: { release, root },
  });
}
