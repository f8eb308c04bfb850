import { join } from "node:path";
import { EnitError } from "../../error/index.ts";
import {
  type AppSpec,
  type Appup,
  type OlderRelease as BaseRelease,
  type OtpInstallation,
  type ReleaseSpec,
  type Relup,
  type UpgradeDirection,
  findApplications,
  makeRelup,
  readAppupIfAny,
} from "../../otp/index.ts";
import { type Term, list, string, tuple } from "../../term/index.ts";
import type { BuildWarning } from "../config/config.ts";
import type { OlderRelease } from "../older/index.ts";

/** The ways between the new release and an older one. */
export interface ReleaseWays {
  readonly version: string;
  readonly file: string;
  readonly up: readonly Term[];
  /** `undefined` where there is no way back. */
  readonly down: readonly Term[] | undefined;
}

/** An older release from which no way leads to the new one. */
export interface LeftOut {
  readonly version: string;
  readonly file: string;
  readonly reason: string;
}

export interface Ways {
  readonly relup: Term;
  /** In the order of the older releases. */
  readonly ways: readonly ReleaseWays[];
  readonly leftOut: readonly LeftOut[];
  readonly warnings: readonly BuildWarning[];
}

/** What says that there is no way, and not that something is wrong. */
const NO_WAY = new Set([
  "appup_not_found",
  "appup_version_not_found",
  "application_not_found",
  "application_version_not_found",
  "sasl_missing",
]);

export interface WaysOptions {
  readonly otp: OtpInstallation;
  /** Where the applications of the new release are, and those that no release packs. */
  readonly libDirs: readonly string[];
  /** The applications of the older releases. */
  readonly specs: readonly AppSpec[];
  /** Why there is no way from some older releases, by their versions. */
  readonly obstacles: ReadonlyMap<string, string>;
}

/**
 * Makes the relup of a release for the older ones that there is a way from; the others are left out.
 *
 * Throws what `makeRelup` throws, unless it says that there is no way.
 */
export function makeWays(release: ReleaseSpec, older: readonly OlderRelease[], options: WaysOptions): Ways {
  const warnings = new Map<string, BuildWarning>();
  const warn = (code: string, message: string): void => void warnings.set(message, { code, message });
  const find = pathFinder(release, older, options, warn);
  const ways: ReleaseWays[] = [];
  const leftOut: LeftOut[] = [];
  for (const each of older) {
    const { version, file } = each;
    const obstacle = options.obstacles.get(version);
    const up = obstacle ?? find("up", each);
    if (typeof up === "string") {
      leftOut.push({ version, file, reason: up });
      const state = `and it is left out: ${up}`;
      warn("older_release_left_out", `no way leads from ${release.name} ${version} to ${release.vsn}, ${state}`);
      continue;
    }
    const down = find("down", each);
    if (typeof down === "string") {
      warn("no_way_back", `no way leads back from ${release.name} ${release.vsn} to ${version}: ${down}`);
    }
    ways.push({ version, file, up, down: typeof down === "string" ? undefined : down });
  }
  return { relup: relupOf(release, ways), ways, leftOut, warnings: [...warnings.values()] };
}

type FindPath = (direction: UpgradeDirection, older: OlderRelease) => readonly Term[] | string;

/** Finds the instructions of a way, or why there is none: all at once, or one by one if some releases have none. */
function pathFinder(
  release: ReleaseSpec,
  older: readonly OlderRelease[],
  { otp, libDirs, specs, obstacles }: WaysOptions,
  warn: (code: string, message: string) => void,
): FindPath {
  const applications = findApplications({ libDirs, specs });
  const readAppup = appupReader();
  const make = (up: readonly OlderRelease[], down: readonly OlderRelease[]): Relup | EnitError => {
    const bases = (some: readonly OlderRelease[]): BaseRelease[] => some.map(({ spec }) => ({ release: spec }));
    const ways = { up: bases(up), down: bases(down) };
    const made = unlessNoWay(() => makeRelup(release, { otp, applications, readAppup, ...ways }));
    if (!(made instanceof EnitError)) for (const { code, message } of made.warnings) warn(code, message);
    return made;
  };
  const free = older.filter(({ version }) => !obstacles.has(version));
  const together = make(free, free);
  return (direction, each) => {
    const one = (way: UpgradeDirection): OlderRelease[] => (way === direction ? [each] : []);
    const made = together instanceof EnitError ? make(one("up"), one("down")) : together;
    if (made instanceof EnitError) return made.message;
    return made[direction].find(({ vsn }) => vsn === each.version)?.instructions ?? [];
  };
}

/** Reads each appup once, however many ways it is for. */
function appupReader(): (application: AppSpec) => Appup | undefined {
  const known = new Map<AppSpec, Appup | undefined>();
  return (application) => {
    if (!known.has(application)) {
      known.set(application, readAppupIfAny(join(application.ebinDir, `${application.name}.appup`)));
    }
    return known.get(application);
  };
}

function relupOf(release: ReleaseSpec, ways: readonly ReleaseWays[]): Term {
  const entries = (direction: UpgradeDirection): Term[] =>
    // As systools has them: the last one given comes first.
    ways.toReversed().flatMap((way) => {
      const instructions = way[direction];
      return instructions === undefined ? [] : [tuple(string(way.version), string(""), list(instructions))];
    });
  return tuple(string(release.vsn), list(entries("up")), list(entries("down")));
}

/** Gives the error in place of throwing it, if it says that there is no way. */
function unlessNoWay<T>(work: () => T): T | EnitError {
  try {
    return work();
  } catch (error) {
    if (error instanceof EnitError && NO_WAY.has(error.code)) return error;
    throw error;
  }
}
