import { EnitError } from "../error/index.ts";
import type { ReleaseSpec } from "./rel.ts";
import type { ReleaseMember } from "./release-members.ts";

/**
 * Checks what systools checks of a release before it looks at any application: that kernel and stdlib are in it and
 * permanent. Besides, no application may stand in it twice, which systools notices later, if at all.
 *
 * Throws `mandatory_application_missing`, `mandatory_application_not_permanent` or `application_listed_twice`.
 */
export function checkRelease(release: ReleaseSpec): void {
  const names = release.applications.map(({ name }) => name);
  for (const mandatory of ["kernel", "stdlib"]) {
    const application = release.applications.find(({ name }) => name === mandatory);
    if (application === undefined) {
      throw refusal(release, "mandatory_application_missing", `it does not have "${mandatory}"`, {
        application: mandatory,
      });
    }
    const { type = "permanent" } = application;
    if (type !== "permanent") {
      const state = `"${mandatory}" must be permanent, and is ${type}`;
      throw refusal(release, "mandatory_application_not_permanent", state, { application: mandatory, type });
    }
  }
  const twice = names.find((name, place) => names.indexOf(name) !== place);
  if (twice !== undefined) {
    throw refusal(release, "application_listed_twice", `it has "${twice}" twice`, { application: twice });
  }
}

/**
 * Checks how the applications of a release fit together, as systools does.
 *
 * Throws `application_not_in_release`, `duplicate_registered_name`, `application_included_twice` or
 * `duplicate_module`.
 */
export function checkMembers(release: ReleaseSpec, members: readonly ReleaseMember[]): void {
  checkPresence(release, members);
  checkUnique(release, members, "duplicate_registered_name", (member) => member.spec.registered, "the process name");
  checkUnique(release, members, "application_included_twice", (member) => member.includes, "the included application");
  checkUnique(release, members, "duplicate_module", (member) => member.spec.modules, "the module");
}

function checkPresence(release: ReleaseSpec, members: readonly ReleaseMember[]): void {
  const present = new Set(members.map(({ name }) => name));
  const absent = new Map<string, string[]>();
  for (const { name, uses, optional, includes } of members) {
    for (const needed of [...uses.filter((used) => !optional.includes(used)), ...includes]) {
      if (!present.has(needed)) absent.set(needed, [...(absent.get(needed) ?? []), name]);
    }
  }
  if (absent.size === 0) return;
  const shown = [...absent].map(([name, neededBy]) => `"${name}" (needed by ${neededBy.join(", ")})`).join(", ");
  throw refusal(release, "application_not_in_release", `it does not have ${shown}`, {
    applications: [...absent].map(([name, neededBy]) => ({ name, neededBy })),
  });
}

function checkUnique(
  release: ReleaseSpec,
  members: readonly ReleaseMember[],
  code: string,
  namesOf: (member: ReleaseMember) => readonly string[],
  what: string,
): void {
  const owners = new Map<string, string>();
  for (const member of members) {
    for (const name of namesOf(member)) {
      const owner = owners.get(name);
      if (owner !== undefined) {
        const state = `${what} "${name}" is in "${owner}" and in "${member.name}"`;
        throw refusal(release, code, state, { name, applications: [owner, member.name] });
      }
      owners.set(name, member.name);
    }
  }
}

function refusal(
  release: ReleaseSpec,
  code: string,
  state: string,
  data: Readonly<Record<string, unknown>>,
): EnitError {
  return new EnitError(code, `cannot use the release "${release.name}": ${state}`, { kind: "input", data });
}
