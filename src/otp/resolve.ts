import { EnitError } from "../error/index.ts";
import type { AppSpec } from "./application.ts";
import { orderApplications } from "./application-order.ts";
import type { OrderedApplication } from "./application-order.ts";
import type { ApplicationIndex } from "./applications.ts";
import type { MissingApplication } from "./not-found.ts";
import { applicationsNotFound } from "./not-found.ts";

/** An application that is asked for. */
export interface ApplicationRequest {
  readonly name: string;
  /** Default: the highest version there is. */
  readonly vsn?: string | undefined;
}

export interface ResolvedApplication {
  readonly name: string;
  readonly vsn: string;
  /** The application's own directory. */
  readonly dir: string;
  readonly spec: AppSpec;
  /** Whether it was asked for by name, and is not there for others alone. */
  readonly requested: boolean;
  /** The application that includes it, and so starts it itself. */
  readonly includedBy: string | undefined;
}

/**
 * Finds all applications that those asked for need, and puts them in the order in which they start.
 *
 * That is: kernel and stdlib, whether asked for or not, and then the applications in the order given, each after those
 * that it uses and those that it includes. An optional application is among them if it is installed.
 * `what` is what errors call the whole of them.
 *
 * Throws `application_not_found` or `application_version_not_found` (with all that are missing),
 * `application_included_twice`, `circular_dependency`, and what reading an application file throws.
 */
export function resolveApplications(
  requests: readonly ApplicationRequest[],
  index: ApplicationIndex,
  what: string,
): ResolvedApplication[] {
  const members = closure(requests, index);
  const includedBy = inclusions(members, what);
  const ordered = orderApplications(members, what);
  const asked = new Set(requests.map(({ name }) => name));
  return ordered.map(({ name, spec }) => ({
    name,
    vsn: spec.vsn,
    dir: spec.dir,
    spec,
    requested: asked.has(name),
    includedBy: includedBy.get(name),
  }));
}

interface Member extends OrderedApplication {
  readonly spec: AppSpec;
}

/** Kernel and stdlib, those asked for, and then those that these need, in the order in which they are come upon. */
function closure(requests: readonly ApplicationRequest[], index: ApplicationIndex): Member[] {
  const versions = new Map(requests.map(({ name, vsn }) => [name, vsn]));
  const optional = new Set<string>();
  const neededBy = new Map<string, string[]>();
  const members: Member[] = [];
  const missing: MissingApplication[] = [];
  const queue = [...new Set(["kernel", "stdlib", ...versions.keys()])];
  const queued = new Set(queue);

  for (const name of queue) {
    const vsn = versions.get(name);
    const spec = index.find(name, vsn);
    if (spec === undefined) {
      missing.push({ name, vsn, neededBy: neededBy.get(name) ?? [] });
      continue;
    }
    const { applications: uses, optionalApplications, includedApplications: includes } = spec;
    members.push({ name, spec, uses, optional: optionalApplications, includes });
    for (const needed of [...uses, ...includes]) {
      if (optionalApplications.includes(needed) && !includes.includes(needed)) optional.add(needed);
      else neededBy.set(needed, [...(neededBy.get(needed) ?? []), name]);
      if (!queued.has(needed)) queue.push(needed);
      queued.add(needed);
    }
  }

  const [first, ...others] = missing.filter(
    ({ name }) => versions.has(name) || neededBy.has(name) || !optional.has(name),
  );
  if (first !== undefined) throw applicationsNotFound([first, ...others], index);
  return members;
}

function inclusions(members: readonly Member[], what: string): Map<string, string> {
  const includedBy = new Map<string, string>();
  for (const { name, includes } of members) {
    for (const included of includes) {
      const other = includedBy.get(included);
      if (other !== undefined) {
        const message = `cannot order the applications of "${what}": "${included}" is included by "${other}" and by "${name}"`;
        throw new EnitError("application_included_twice", message, {
          kind: "input",
          data: { name: included, applications: [other, name] },
        });
      }
      includedBy.set(included, name);
    }
  }
  return includedBy;
}
