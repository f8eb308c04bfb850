import { EnitError } from "../../error/index.ts";
import { orderApplications } from "../application-order.ts";
import type { ApplicationIndex } from "../applications.ts";
import type { ReleaseSpec } from "../rel.ts";
import { checkMembers, checkRelease } from "../release-checks.ts";
import { type ReleaseMember, readReleaseMembers } from "../release-members.ts";

/** A release with its applications, in the order in which they start. */
export interface UpgradableRelease {
  readonly spec: ReleaseSpec;
  readonly members: readonly ReleaseMember[];
}

/**
 * Finds and checks the applications of a release that is to be upgraded or upgraded to.
 *
 * Throws `sasl_missing`, and what `makeScript` throws for a release.
 */
export function readUpgradableRelease(
  spec: ReleaseSpec,
  applications: ApplicationIndex,
  otpRelease: number,
): UpgradableRelease {
  checkRelease(spec);
  const members = readReleaseMembers(spec, applications, otpRelease);
  checkMembers(spec, members);
  const ordered = orderApplications(members, spec.name);
  if (!spec.applications.some(({ name }) => name === "sasl")) {
    throw new EnitError(
      "sasl_missing",
      `cannot upgrade the release "${spec.name}" ${spec.vsn}: it does not have sasl, whose release_handler does it`,
      { kind: "input", data: { release: spec.name, vsn: spec.vsn } },
    );
  }
  return { spec, members: ordered };
}
