import { EnitError } from "../../error/index.ts";
import {
  type AppSpec,
  type OlderRelease as BaseRelease,
  type OtpInstallation,
  type ReleaseSpec,
  type UpgradePath,
  findApplications,
  makeRelup,
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

/**
 * Makes the relup of a release for the older ones that there is a way from; the others are left out, and so are those that
 * `obstacles` has a reason for, by their versions.
 *
 * `places`: the directories of the new release's applications, and of those that no release packs. `specs`: the
 * applications of the older releases. Throws what `makeRelup` throws, unless it says that there is no way.
 */
export function makeWays(
  release: ReleaseSpec,
  older: readonly OlderRelease[],
  options: {
    readonly otp: OtpInstallation;
    readonly libDirs: readonly string[];
    readonly specs: readonly AppSpec[];
    readonly obstacles: ReadonlyMap<string, string>;
  },
): Ways {
  const { otp, libDirs, specs, obstacles } = options;
  const applications = findApplications({ libDirs, specs });
  const warnings = new Map<string, BuildWarning>();
  const make = (direction: "up" | "down", bases: readonly BaseRelease[]): readonly UpgradePath[] => {
    const made = makeRelup(release, { otp, applications, up: [], down: [], [direction]: bases });
    for (const warning of made.warnings) warnings.set(warning.message, warning);
    return made[direction];
  };
  const one = (direction: "up" | "down", { spec }: OlderRelease): readonly Term[] | EnitError => {
    try {
      return make(direction, [{ release: spec }]).flatMap(({ instructions }) => instructions);
    } catch (error) {
      if (error instanceof EnitError && NO_WAY.has(error.code)) return error;
      throw error;
    }
  };
  const ways: ReleaseWays[] = [];
  const leftOut: LeftOut[] = [];
  const leaveOut = ({ version, file }: OlderRelease, reason: string): void => {
    leftOut.push({ version, file, reason });
    const message = `no way leads from ${release.name} ${version} to ${release.vsn}, and it is left out: ${reason}`;
    warnings.set(message, { code: "older_release_left_out", message });
  };
  for (const each of older) {
    const { version, file } = each;
    const obstacle = obstacles.get(version);
    if (obstacle !== undefined) {
      leaveOut(each, obstacle);
      continue;
    }
    const [up, down] = [one("up", each), one("down", each)];
    if (up instanceof EnitError) {
      leaveOut(each, up.message);
      continue;
    }
    if (down instanceof EnitError) {
      const message = `no way leads back from ${release.name} ${release.vsn} to ${version}: ${down.message}`;
      warnings.set(message, { code: "no_way_back", message });
    }
    ways.push({ version, file, up, down: down instanceof EnitError ? undefined : down });
  }
  const entries = (direction: "up" | "down"): Term[] =>
    // As systools has them: the last one given comes first.
    ways.toReversed().flatMap((way) => {
      const instructions = way[direction];
      return instructions === undefined ? [] : [tuple(string(way.version), string(""), list(instructions))];
    });
  const relup = tuple(string(release.vsn), list(entries("up")), list(entries("down")));
  return { relup, ways, leftOut, warnings: [...warnings.values()] };
}
