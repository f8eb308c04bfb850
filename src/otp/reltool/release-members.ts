import type { MissingApp } from "./app-errors.ts";
import type { RelConfig } from "./config.ts";
import type { App, AppInfo } from "./system.ts";

/** The applications that releases must have, and those that are not there. */
export interface ReleaseMembers {
  /** By application, the releases that have it, in their order. */
  readonly releasesOf: ReadonlyMap<string, readonly string[]>;
  readonly missing: readonly MissingApp[];
}

/** Every release has these. */
export const MANDATORY_APPS = ["kernel", "stdlib"] as const;

/**
 * Finds what the releases have: the applications that they name, and those that these use or include, and so on. An
 * optional application that is not there is passed over.
 */
export function findReleaseMembers(rels: readonly RelConfig[], apps: ReadonlyMap<string, App>): ReleaseMembers {
  const releasesOf = new Map<string, string[]>();
  const missing: MissingApp[] = [];
  for (const rel of rels) {
    const members = new Set<string>(MANDATORY_APPS);
    for (const { name } of rel.apps) members.add(name);
    const visit = (info: AppInfo, includedApplications: readonly string[], neededBy: string): void => {
      for (const name of [...info.applications, ...includedApplications]) {
        const app = apps.get(name);
        const isIncluded = includedApplications.includes(name);
        if (members.has(name)) continue;
        if (app !== undefined) {
          members.add(name);
          visit(app.info, app.info.includedApplications, `application ${name}`);
        } else if (isIncluded || !info.optionalApplications.includes(name)) {
          missing.push({ name, neededBy });
        }
      }
    };
    for (const { name, includedApplications } of rel.apps) {
      const app = apps.get(name);
      if (app === undefined) missing.push({ name, neededBy: `release "${rel.name}"` });
      else visit(app.info, includedApplications ?? app.info.includedApplications, `application ${name}`);
    }
    for (const name of members) releasesOf.set(name, [...(releasesOf.get(name) ?? []), rel.name]);
  }
  return { releasesOf, missing };
}
