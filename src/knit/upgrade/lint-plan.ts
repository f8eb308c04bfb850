import { type ReleaseSpec, findApplications, parseAppup, readEmulatorLimits } from "../../otp/index.ts";
import { type Term, isTuple } from "../../term/index.ts";
import { type ApplicationCode, readApplicationCode } from "../code/index.ts";
import {
  type ApplicationPair,
  type LintWarning,
  type UpgradeFacts,
  factsOfTarball,
  factsOfTree,
  lintUpgrades,
  preloadedOf,
  wayIn,
  withoutIgnored,
} from "../lint/index.ts";
import type { OlderRelease } from "../older/index.ts";
import type { Project } from "../project.ts";
import type { AppupChange } from "./appups.ts";
import type { OlderCode } from "./older-code.ts";
import type { TreeCode } from "./tree-code.ts";

export interface LintedPlan {
  readonly project: Project;
  /** The directory of the tree, and the release in it. */
  readonly root: string;
  readonly spec: ReleaseSpec;
  readonly tree: TreeCode;
  /** The older releases that there is a way from, and the code of them that the tree does not have. */
  readonly older: readonly OlderRelease[];
  readonly code: OlderCode;
  readonly appups: readonly AppupChange[];
  /** As it will be packed. */
  readonly relup: Term;
}

/** Looks for what will probably hurt in the upgrades that were made; what the configuration ignores is left out. */
export function lintPlan(plan: LintedPlan): readonly LintWarning[] {
  const { project, older, root, spec, appups } = plan;
  const { otp, options } = project;
  const changed = new Set(appups.map(({ application }) => application));
  const to = factsOfTree(root, spec, changed);
  const preloaded = preloadedOf(otp);
  const emulator = readEmulatorLimits(otp.root, otp.release);
  const findCode = codeFinder(plan);
  const [, up, down] = isTuple(plan.relup, 3) ? plan.relup.elements : [];
  const upgrades = older.map((release): UpgradeFacts => ({
    from: factsOfTarball(release),
    to,
    applications: pairsOf(release, plan, findCode),
    relup: { up: wayIn(up, release.version), down: wayIn(down, release.version) },
    behaviours: options.behaviours,
    otpRelease: otp.release,
    preloaded,
    emulator,
  }));
  return withoutIgnored(lintUpgrades(upgrades), options.lintIgnore);
}

type FindCode = (name: string, vsn: string) => ApplicationCode | undefined;

/** Finds the code of an application: in the tree, in an older release, or, where no release packs it, in OTP. */
function codeFinder({ project, tree, code }: LintedPlan): FindCode {
  const index = findApplications({ libDirs: [project.otp.libDir] });
  const found = new Map<string, ApplicationCode | undefined>();
  return (name, vsn) => {
    const library = `${name}-${vsn}`;
    if (tree.libraries.has(library)) return tree.application(library);
    const older = code.application(library);
    if (older !== undefined || found.has(library)) return older ?? found.get(library);
    const spec = index.find(name, vsn);
    const installed = spec && readApplicationCode(spec.dir);
    found.set(library, installed);
    return installed;
  };
}

/** Of an application whose older code is not at hand, it is taken for what the newer release has. */
function pairsOf({ spec }: OlderRelease, { spec: next, appups }: LintedPlan, findCode: FindCode): ApplicationPair[] {
  const versions = (release: ReleaseSpec) => new Map(release.applications.map(({ name, vsn }) => [name, vsn]));
  const [before, after] = [versions(spec), versions(next)];
  return [...new Set([...after.keys(), ...before.keys()])].map((name): ApplicationPair => {
    const [old, fresh] = [before.get(name), after.get(name)];
    const to = fresh === undefined ? undefined : findCode(name, fresh);
    const from = old === undefined ? undefined : (findCode(name, old) ?? to);
    const change = appups.find((each) => each.application === name && each.from === old);
    if (change === undefined) return { name, from, to };
    const { way, newer } = change;
    const isWritten = way.written.up || way.written.down;
    const appup = isWritten && newer.appup !== undefined ? parseAppup(newer.appup.bytes, newer.appup.file) : undefined;
    return { name, from, to, appup, up: way.up, down: way.down };
  });
}
