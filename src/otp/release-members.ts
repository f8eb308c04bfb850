import { EnitError } from "../error/index.ts";
import { applicationIncomplete } from "./application.ts";
import type { AppSpec } from "./application.ts";
import type { OrderedApplication } from "./application-order.ts";
import type { ApplicationIndex } from "./applications.ts";
import type { MissingApplication } from "./not-found.ts";
import { applicationsNotFound } from "./not-found.ts";
import { combineErrors } from "./problems.ts";
import type { ReleaseApplication, ReleaseSpec, StartType } from "./rel.ts";

/** An application of a release, found and read. */
export interface ReleaseMember extends OrderedApplication {
  readonly spec: AppSpec;
  readonly type: StartType;
}

const REQUIRED_KEYS = ["vsn", "description", "modules", "registered", "applications"];

/**
 * Finds and reads the applications of a release, in its order.
 *
 * Throws one error for all that cannot be used: `application_not_found`, `application_version_not_found`,
 * `term_syntax`, `application_malformed`, `application_incomplete` (a key is missing that systools requires),
 * `application_misnamed`, `duplicate_entry` (since OTP 26) or `included_application_unknown`.
 */
export function readReleaseMembers(release: ReleaseSpec, index: ApplicationIndex, otpRelease: number): ReleaseMember[] {
  const members: ReleaseMember[] = [];
  const missing: MissingApplication[] = [];
  const faults: EnitError[] = [];
  for (const application of release.applications) {
    try {
      const spec = index.find(application.name, application.vsn);
      if (spec === undefined) missing.push({ name: application.name, vsn: application.vsn, neededBy: [] });
      else members.push(toMember(application, checkSpec(spec, otpRelease)));
    } catch (error) {
      if (!(error instanceof EnitError)) throw error;
      faults.push(error);
    }
  }
  const [firstMissing, ...otherMissing] = missing;
  if (firstMissing !== undefined) faults.unshift(applicationsNotFound([firstMissing, ...otherMissing], index));
  const [first, ...others] = faults;
  if (first !== undefined)
    throw combineErrors(`use the applications of the release "${release.name}"`, [first, ...others]);
  return members;
}

function toMember({ name, type = "permanent", included }: ReleaseApplication, spec: AppSpec): ReleaseMember {
  const unknown = included?.filter((each) => !spec.includedApplications.includes(each)) ?? [];
  if (unknown.length > 0) {
    throw new EnitError(
      "included_application_unknown",
      `cannot include ${unknown.join(", ")} in "${name}": its application file does not include them`,
      { kind: "input", data: { application: name, unknown, file: spec.file } },
    );
  }
  return {
    name,
    type,
    spec,
    uses: spec.applications,
    optional: spec.optionalApplications,
    includes: included ?? spec.includedApplications,
  };
}

function checkSpec(spec: AppSpec, otpRelease: number): AppSpec {
  const absent = REQUIRED_KEYS.filter((key) => !spec.properties.has(key));
  if (absent.length > 0) throw applicationIncomplete(spec, absent);
  // SASL 4.2.1, of OTP 26, began to refuse this.
  if (otpRelease >= 26) checkDuplicates(spec);
  return spec;
}

function checkDuplicates(spec: AppSpec): void {
  const lists = {
    modules: spec.modules,
    registered: spec.registered,
    applications: spec.applications,
    optional_applications: spec.optionalApplications,
    included_applications: spec.includedApplications,
  };
  for (const [key, names] of Object.entries<readonly string[]>(lists)) {
    const twice = names.filter((name, place) => names.indexOf(name) !== place);
    if (twice.length > 0) {
      throw new EnitError(
        "duplicate_entry",
        `cannot use the application file "${spec.file}": ${key} has ${twice.join(", ")} more than once`,
        { kind: "input", data: { file: spec.file, key, names: twice } },
      );
    }
  }
}
