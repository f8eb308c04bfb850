import { join } from "node:path";
import { EnitError } from "../../error/index.ts";
import { type ReleaseSpec, formatTermFile } from "../../otp/index.ts";
import { type Term, isTuple, listElements, stringValue } from "../../term/index.ts";
import type { BuildTools } from "../build-request.ts";
import type { BuildWarning } from "../config/config.ts";
import type { AppupWay } from "../appup/index.ts";
import { type ModuleChanges, compareModules } from "../code/index.ts";
import { type OlderTarball, findOlder } from "../older/index.ts";
import type { LintWarning } from "../lint/index.ts";
import { tarballTime } from "../package/tarball.ts";
import type { Project } from "../project.ts";
import { type AppupChange, makeAppups } from "./appups.ts";
import { lintMessages } from "./lint-messages.ts";
import { lintPlan } from "./lint-plan.ts";
import { type LeftOut, type ReleaseWays, makeWays } from "./make-ways.ts";
import { OlderCode } from "./older-code.ts";
import { checkVersions, readOlder, warnOfKeptFiles } from "./read-older.ts";
import { inRelease, namingPlaces } from "./name-places.ts";
import { whyNotLoadable } from "./stripped.ts";
import { TreeCode } from "./tree-code.ts";
import { type VersionChange, listVersionChanges } from "./version-changes.ts";

/** What an upgrade changes in one application, between two of its versions. */
export interface ApplicationChange extends VersionChange {
  /** `undefined` for an application that comes or goes as a whole, and where the old code is not at hand. */
  readonly modules: ModuleChanges | undefined;
  /** What its appup says, likewise. */
  readonly way: AppupWay | undefined;
}

/** An upgrade that was made, but for its tarball. */
export interface UpgradePlan {
  /** The content of the file `relup`. */
  readonly relup: string;
  readonly ways: readonly ReleaseWays[];
  readonly leftOut: readonly LeftOut[];
  readonly changes: readonly ApplicationChange[];
  /** The directories of `lib` that some older release lacks. */
  readonly libraries: ReadonlySet<string>;
  /** Whether some older release has another emulator. */
  readonly emulator: boolean;
  /** What will probably hurt. */
  readonly lint: readonly LintWarning[];
}

export interface UpgradeRequest {
  readonly tree: string;
  readonly spec: ReleaseSpec;
  /** Warn of code that changed without its version, in place of refusing it. */
  readonly allowSameVersion: boolean;
  readonly warn: (warning: BuildWarning) => void;
}

/**
 * Finds the older releases of a project, and makes the ways between them and the one in a tree: the appups, which become
 * part of the tree, and the relup. `undefined` if there is no older release, or no way from any, which is told.
 *
 * Throws what `findOlder`, `readOlder`, `checkVersions`, `makeAppups` and `makeWays` throw.
 */
export function planUpgrade(
  project: Project,
  request: UpgradeRequest,
  tools: BuildTools,
): Promise<UpgradePlan | undefined> {
  const { tree } = request;
  const warn = ({ code, message }: BuildWarning): void => request.warn({ code, message: inRelease(message, tree) });
  return namingPlaces(tree, () => makePlan(project, { ...request, warn }, tools));
}

async function makePlan(
  project: Project,
  request: UpgradeRequest,
  tools: BuildTools,
): Promise<UpgradePlan | undefined> {
  const { options, release, otp } = project;
  const tarballs = findOlder(release, options, otp.release);
  const tree = new TreeCode(request.tree, { prefix: release.name, mtime: tarballTime(tools.env) });
  const code = new OlderCode(tree);
  const obstacle = tarballs.length === 0 ? undefined : whyNot(request.spec, tree);
  if (obstacle !== undefined) request.warn(obstacle);
  const older = obstacle === undefined ? await readOlder(tarballs, release.name, code, tools) : [];
  if (older.length === 0) {
    if (obstacle === undefined) tools.log.info(`no upgrade: ${nothingFound(project, tarballs)}`);
    return undefined;
  }
  checkVersions(code.ambiguous, { allowed: request.allowSameVersion, warn: request.warn });
  warnOfKeptFiles(code.keptFiles, request.warn);
  tools.signal.throwIfAborted();
  tools.log.info(`upgrading from ${older.map(({ version }) => version).join(", ")}`);

  const versions = listVersionChanges(request.spec, older);
  const members = request.spec.applications.map(({ name, vsn }) => `${name}-${vsn}`);
  const appups = await makeAppups(versions, {
    project,
    libraries: members.filter((library) => tree.libraries.has(library)),
    permanent: permanentIn([request.spec, ...older.map(({ spec }) => spec)]),
    tree,
    code,
    warn: request.warn,
  });
  const { relup, ways, leftOut, warnings } = makeWays(request.spec, older, {
    otp,
    libDirs: [join(request.tree, "lib"), otp.libDir],
    specs: code.applications.map(({ spec }) => spec),
    obstacles: findObstacles(appups),
  });
  for (const warning of warnings) request.warn(warning);
  if (ways.length === 0) return undefined;
  const from = ways.map(({ version }) => version);
  const final = await askPlugins(relup, project, from);
  const reached = older.filter(({ version }) => from.includes(version));
  const { tree: root, spec } = request;
  const lint = lintPlan({ project, root, spec, tree, older: reached, code, appups, relup: final });
  for (const warning of lintMessages(lint, reached.length)) request.warn(warning);
  return {
    relup: formatTermFile(final, { otp: otp.release }),
    ways,
    leftOut: leftOut.map(({ version, file, reason }) => ({ version, file, reason: inRelease(reason, request.tree) })),
    changes: versions.flatMap((change) => restrict(change, from)).map((change) => complete(change, appups)),
    libraries: new Set(
      [...tree.libraries].filter((library) => reached.some(({ libraries }) => !libraries.has(library))),
    ),
    emulator: reached.some((each) => each.spec.ertsVersion !== spec.ertsVersion),
    lint,
  };
}

/** Why no release can be upgraded to the one in the tree, whatever it is. */
function whyNot(spec: ReleaseSpec, { archives }: TreeCode): BuildWarning | undefined {
  if (!spec.applications.some(({ name }) => name === "sasl")) {
    const message = `no upgrade is made: ${spec.name} does not have sasl, whose release_handler would do it`;
    return { code: "upgrade_impossible", message };
  }
  if (archives.length === 0) return undefined;
  const message =
    `no upgrade is made: release_handler takes no archives, and these are some: ${archives.join(", ")}; ` +
    `{excl_archive_filters, [".*"]} makes directories of them`;
  return { code: "upgrade_impossible", message };
}

function nothingFound({ options, release }: Project, tarballs: readonly OlderTarball[]): string {
  if (tarballs.length > 0)
    return `the tarballs ${release.name}-*.tar.gz in ${options.releaseDir} are of other releases`;
  return `there is no older version of ${release.name} in ${options.releaseDir}`;
}

async function askPlugins(relup: Term, { plugins, release }: Project, from: readonly string[]): Promise<Term> {
  if (plugins.relup === undefined) return relup;
  const { name, version } = release;
  const changed = await plugins.relup(relup, { release: { name, version }, from });
  const [of, ...ways] = isTuple(changed, 3) ? changed.elements : [];
  if (stringValue(of) === version && ways.every((each) => listElements(each) !== undefined)) return changed;
  throw new EnitError(
    "relup_malformed",
    `cannot use the relup that plugins made of that of "${name}": it is not of the form {"${version}", [...], [...]}`,
    { hint: "The hook upgrade:relup returns the whole relup.", data: { release: name, version } },
  );
}

/** What is in the way of older releases, by their versions. */
function findObstacles(appups: readonly AppupChange[]): ReadonlyMap<string, string> {
  return new Map(
    appups.flatMap((change) => {
      const reason = whyNotLoadable(change);
      return reason === undefined ? [] : change.releases.map((version) => [version, reason] as const);
    }),
  );
}

/** Leaves out the older releases that there is no way from. */
function restrict(change: VersionChange, from: readonly string[]): VersionChange[] {
  const releases = change.releases.filter((version) => from.includes(version));
  return releases.length === 0 ? [] : [{ ...change, releases }];
}

function complete(change: VersionChange, appups: readonly AppupChange[]): ApplicationChange {
  const { application, from } = change;
  const appup = appups.find((each) => each.application === application && each.from === from);
  const modules: ModuleChanges | undefined = appup && compareModules(appup.older, appup.newer);
  return { ...change, modules, way: appup?.way };
}

/** The applications that are permanent in every release that has them. */
function permanentIn(releases: readonly ReleaseSpec[]): ReadonlySet<string> {
  const all = releases.flatMap(({ applications }) => applications);
  const others = new Set(all.flatMap(({ name, type = "permanent" }) => (type === "permanent" ? [] : name)));
  return new Set(all.flatMap(({ name }) => (others.has(name) ? [] : name)));
}
