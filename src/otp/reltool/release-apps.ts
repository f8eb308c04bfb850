/**
 * The applications of one release, in the order in which they start. Source: `merge_apps` of `reltool_target`.
 */
import { appError } from "./app-errors.ts";
import type { AppType, RelAppConfig, RelConfig } from "./config.ts";
import { MANDATORY_APPS } from "./release-members.ts";
import { orderReleaseApps } from "./release-order.ts";
import type { App, AppInfo, System } from "./system.ts";

/** An application as a release has it. */
export interface ReleaseApp {
  readonly app: App;
  readonly type: Exclude<AppType, undefined>;
  /** Its information, with the included applications of the release and names in the order of the release. */
  readonly info: AppInfo;
  /** Whether the release itself says what it includes. */
  readonly includesNamed: boolean;
}

/**
 * Finds the applications of a release: kernel and stdlib, those that it names, and those that these use or include; in
 * an embedded system, all others that are included besides, only loaded.
 *
 * Throws `included_applications_unknown`, `circular_dependency`, `applications_undefined`.
 */
export function releaseApps(rel: RelConfig, { sys, apps }: System): ReleaseApp[] {
  const byName = new Map(apps.map((app) => [app.name, app]));
  const merged = new Map<string, ReleaseApp>();
  const merge = (requests: readonly RelAppConfig[], defaultType: AppType): void => {
    const queue = [...requests];
    for (let request = queue.shift(); request !== undefined; request = queue.shift()) {
      const { name } = request;
      if (merged.has(name) || queue.some((other) => other.name === name)) continue;
      const app = byName.get(name);
      if (app === undefined) throw appError("application_not_found", name, `the release "${rel.name}" needs it`);
      const member = memberOf(request, app, defaultType, rel);
      merged.set(name, member);
      const { applications, optionalApplications, includedApplications } = member.info;
      const needed = applications.filter((each) => !optionalApplications.includes(each) && byName.has(each));
      queue.unshift(...[...needed, ...includedApplications].map(bare));
    }
  };
  merge(MANDATORY_APPS.map(bare), "permanent");
  merge(rel.apps, sys.relAppType);
  if (sys.embeddedAppType !== undefined) {
    const others = apps.filter(({ name, included }) => included === true && name !== "erts" && !merged.has(name));
    merge(
      others.map(({ name }) => bare(name)),
      sys.embeddedAppType,
    );
  }
  const members = [...merged.values()];
  const ordered = members.map(({ app, type, info, includesNamed }) => {
    return { app, type, info: inOrder(info, members), includesNamed };
  });
  return orderReleaseApps(ordered, rel.name);
}

function bare(name: string): RelAppConfig {
  return { name, type: undefined, includedApplications: undefined };
}

function memberOf(request: RelAppConfig, app: App, defaultType: AppType, rel: RelConfig): ReleaseApp {
  const known = app.info.includedApplications;
  const includedApplications = request.includedApplications ?? known;
  const unknown = includedApplications.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    const state = `the release "${rel.name}" has ${unknown.join(", ")} included in it, which its application file does not`;
    throw appError("included_applications_unknown", app.name, state, { release: rel.name, applications: unknown });
  }
  return {
    app,
    type: request.type ?? app.config.appType ?? defaultType ?? "permanent",
    info: { ...app.info, includedApplications },
    includesNamed: request.includedApplications !== undefined,
  };
}

/** Names the applications in the order of the release; those that it does not have come last. */
function inOrder(info: AppInfo, members: readonly ReleaseApp[]): AppInfo {
  const places = new Map(members.map(({ app }, place) => [app.name, place]));
  const placeOf = (name: string): number => places.get(name) ?? members.length;
  const sorted = (names: readonly string[]): string[] => names.toSorted((a, b) => placeOf(a) - placeOf(b));
  return {
    ...info,
    applications: sorted(info.applications),
    includedApplications: sorted(info.includedApplications),
  };
}
