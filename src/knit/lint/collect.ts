import { EnitError } from "../../error/index.ts";
import {
  type AppSpec,
  type Appup,
  type OtpInstallation,
  type UpgradeDirection,
  findApplications,
  findAppupScript,
  makeRelup,
  parseAppup,
  readBootFacts,
} from "../../otp/index.ts";
import { type Term, atomName } from "../../term/index.ts";
import type { ApplicationCode } from "../code/index.ts";
import type { ApplicationPair, ReleaseFacts, UpgradeFacts } from "./facts.ts";

/** A release with its code. */
export interface ReleaseSource {
  readonly facts: ReleaseFacts;
  /** By name; applications that are the same in both releases may be the same objects. */
  readonly applications: ReadonlyMap<string, ApplicationCode>;
}

export interface CollectOptions {
  /** The OTP whose rules count. */
  readonly otp: OtpInstallation;
  /** The relup that is used. Default: the one that OTP would make of the appups. */
  readonly relup?: UpgradeFacts["relup"] | undefined;
  /** What behaviours are built on. */
  readonly behaviours?: ReadonlyMap<string, string> | undefined;
}

/**
 * Brings together what is known of an upgrade from one release to another: the appups that the newer one has, and the relup
 * made of them. What OTP would refuse is part of the facts.
 *
 * Throws `term_syntax` or `appup_malformed` for an appup that cannot be read.
 */
export function collectFacts(from: ReleaseSource, to: ReleaseSource, options: CollectOptions): UpgradeFacts {
  const { otp, behaviours = new Map<string, string>() } = options;
  const names = [...new Set([...to.applications.keys(), ...from.applications.keys()])];
  const applications = names.map((name) =>
    collectPair(name, from.applications.get(name), to.applications.get(name), otp.release),
  );
  const { relup, refused } =
    options.relup === undefined ? relupOf(from, to, applications, otp) : { relup: options.relup, refused: undefined };
  return {
    from: from.facts,
    to: to.facts,
    applications,
    relup,
    ...(refused === undefined ? {} : { refused }),
    behaviours,
    otpRelease: otp.release,
    preloaded: preloadedOf(otp),
  };
}

/** The modules that are part of the emulator. */
export function preloadedOf(otp: OtpInstallation): ReadonlySet<string> {
  return new Set(readBootFacts(otp).preloaded.elements.flatMap((each) => atomName(each) ?? []));
}

function collectPair(
  name: string,
  from: ApplicationCode | undefined,
  to: ApplicationCode | undefined,
  otpRelease: number,
): ApplicationPair {
  if (from === undefined || to?.appup === undefined || from.version === to.version) return { name, from, to };
  const appup = parseAppup(to.appup.bytes, to.appup.file);
  const script = (direction: UpgradeDirection): readonly Term[] | undefined =>
    findAppupScript(appup, direction, from.version, otpRelease)?.instructions;
  return { name, from, to, appup, up: script("up"), down: script("down") };
}

/** What says that an application has no way, which is told of its appup. */
const NO_WAY = new Set(["appup_not_found", "appup_version_not_found"]);

function relupOf(
  from: ReleaseSource,
  to: ReleaseSource,
  applications: readonly ApplicationPair[],
  otp: OtpInstallation,
): Pick<UpgradeFacts, "relup" | "refused"> {
  const specs = [to, from].flatMap((source) => [...source.applications.values()].map(({ spec }) => spec));
  const index = findApplications({ libDirs: [otp.libDir], specs });
  const readAppup = ({ name }: AppSpec): Appup | undefined => applications.find((each) => each.name === name)?.appup;
  let refused: UpgradeFacts["refused"];
  const pathOf = (direction: UpgradeDirection): readonly Term[] | undefined => {
    try {
      const ways = { up: [], down: [], [direction]: [{ release: from.facts.spec }] };
      return makeRelup(to.facts.spec, { otp, applications: index, readAppup, ...ways })[direction][0]?.instructions;
    } catch (error) {
      if (!(error instanceof EnitError) || error.kind !== "input") throw error;
      const { application } = error.data;
      if (!NO_WAY.has(error.code)) {
        refused = { message: error.message, application: typeof application === "string" ? application : undefined };
      }
      return undefined;
    }
  };
  const relup = { up: pathOf("up"), down: pathOf("down") };
  return refused === undefined ? { relup } : { relup, refused };
}
