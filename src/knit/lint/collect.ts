import { EnitError } from "../../error/index.ts";
import {
  type ApplicationIndex,
  type OtpInstallation,
  type UpgradeDirection,
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
  /** Where `makeRelup` finds the applications of both releases. */
  readonly index: ApplicationIndex;
}

/** What says that an application has no way, which the appups say by themselves. */
const NO_WAY = new Set(["appup_not_found", "appup_version_not_found"]);

/**
 * Brings together what is known of an upgrade from one release to another: the appups that the newer one has, and the relup
 * made of them. What OTP would refuse is part of the facts.
 *
 * Throws `term_syntax` or `appup_malformed` for an appup that cannot be read.
 */
export function collectFacts(from: ReleaseSource, to: ReleaseSource, { otp, index }: CollectOptions): UpgradeFacts {
  const names = [...new Set([...to.applications.keys(), ...from.applications.keys()])];
  const applications = names.map((name) =>
    collectPair(name, from.applications.get(name), to.applications.get(name), otp.release),
  );
  let refused: UpgradeFacts["refused"];
  const pathOf = (direction: UpgradeDirection): readonly Term[] | undefined => {
    try {
      const ways = { up: [], down: [], [direction]: [{ release: from.facts.spec }] };
      return makeRelup(to.facts.spec, { otp, applications: index, ...ways })[direction][0]?.instructions;
    } catch (error) {
      if (!(error instanceof EnitError) || error.kind !== "input") throw error;
      const application = error.data["application"];
      if (!NO_WAY.has(error.code)) {
        refused = { message: error.message, application: typeof application === "string" ? application : undefined };
      }
      return undefined;
    }
  };
  const relup = { up: pathOf("up"), down: pathOf("down") };
  return {
    from: from.facts,
    to: to.facts,
    applications,
    relup,
    ...(refused === undefined ? {} : { refused }),
    otpRelease: otp.release,
    preloaded: new Set(readBootFacts(otp).preloaded.elements.flatMap((each) => atomName(each) ?? [])),
  };
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
