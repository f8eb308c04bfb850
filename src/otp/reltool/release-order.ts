import { EnitError } from "../../error/index.ts";
import type { ReleaseApp } from "./release-apps.ts";

/**
 * Puts the applications of a release in the order in which they start: each pulls those that it uses, then those that it
 * includes, in front of itself. Source: `sort_apps` of `reltool_target`, which differs from the one of systools.
 *
 * Throws `circular_dependency`, `applications_undefined`.
 */
export function orderReleaseApps(members: readonly ReleaseApp[], rel: string): ReleaseApp[] {
  const left = [...members];
  const visited = new Set<string>();
  const ordered: ReleaseApp[] = [];
  const circular: string[] = [];
  const lacking: string[] = [];

  for (let first = left.shift(); first !== undefined; first = left.shift()) {
    const { name } = first.app;
    const { applications, optionalApplications, includedApplications } = first.info;
    const pull = (names: readonly string[], mayBeMissing: readonly string[]): ReleaseApp[] => {
      const pulled: ReleaseApp[] = [];
      for (const each of names) {
        const place = left.findIndex(({ app }) => app.name === each);
        const other = left[place];
        // An application may use the one that includes it.
        if (other !== undefined && !other.info.includedApplications.includes(name))
          pulled.push(...left.splice(place, 1));
        else if (!visited.has(each) && !mayBeMissing.includes(each)) lacking.push(each);
      }
      return pulled;
    };
    const needed = [...pull(applications, optionalApplications), ...pull(includedApplications, [])];
    const again = needed.filter(({ app }) => visited.has(app.name));
    if (again.length > 0) circular.push(name, ...again.map(({ app }) => app.name));
    if (needed.length === 0) ordered.push(first);
    else left.unshift(...needed.filter((other) => !again.includes(other)), first);
    visited.add(name);
  }
  if (circular.length > 0) throw orderError("circular_dependency", rel, circular, "they need each other");
  if (lacking.length > 0) throw orderError("applications_undefined", rel, lacking, "they are needed and not in it");
  return ordered;
}

function orderError(code: string, release: string, names: readonly string[], state: string): EnitError {
  const applications = [...new Set(names)];
  return new EnitError(
    code,
    `cannot order the applications ${applications.join(", ")} of the release "${release}": ${state}`,
    {
      kind: "input",
      data: { release, applications },
    },
  );
}
