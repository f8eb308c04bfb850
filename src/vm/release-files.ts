import { join } from "node:path";
import {
  type ApplicationIndex,
  encodeBoot,
  formatStartErlData,
  formatTermFile,
  installRelease,
  makeScript,
  type OtpInstallation,
  type ReleaseSpec,
  releasesToTerm,
  releaseToTerm,
  type ResolvedApplication,
} from "../otp/index.ts";
import { formatSysConfig, type Release } from "../release/index.ts";
import type { Term } from "../term/index.ts";

/** A file of a release directory. */
export interface ReleaseFile {
  /** Relative to `releases`. */
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly mode: number;
}

/** What a dynamic release is made of. */
export interface ReleaseParts {
  readonly otp: OtpInstallation;
  readonly index: ApplicationIndex;
  /** The applications of the release and all that these need, in the order in which they start. */
  readonly applications: readonly ResolvedApplication[];
}

/** Makes the files of a dynamic release: those of a release of OTP. Throws what making the boot script throws. */
export function releaseFiles(release: Release, { otp, index, applications }: ReleaseParts): ReleaseFile[] {
  const spec: ReleaseSpec = {
    name: release.name,
    vsn: release.version,
    ertsVersion: otp.ertsVersion,
    applications: applications.map(({ name, vsn }) =>
      // The agent starts the others, once they are loaded.
      name === "kernel" || name === "stdlib" ? { name, vsn } : { name, vsn, type: "load" },
    ),
  };
  const { script } = makeScript(spec, { otp, applications: index, local: true, noWarnSasl: true });
  const boot = encodeBoot(script, otp);
  const dirs = new Map(applications.map(({ name, dir }) => [name, dir]));
  const inVersion = (name: string): string => join(release.version, name);
  const print = (term: Term): string => formatTermFile(term, { otp: otp.release });
  const readable = 0o644;
  return [
    { name: inVersion(`${release.name}.rel`), content: print(releaseToTerm(spec)), mode: readable },
    { name: inVersion(`${release.name}.boot`), content: boot, mode: readable },
    { name: inVersion("start.boot"), content: boot, mode: readable },
    // Passwords of data bases and the like stand in the configuration of applications.
    { name: inVersion("sys.config"), content: formatSysConfig(release.config), mode: 0o600 },
    { name: "RELEASES", content: print(releasesToTerm([installRelease(spec, { dirs })])), mode: readable },
    {
      name: "start_erl.data",
      content: formatStartErlData({ ertsVersion: otp.ertsVersion, vsn: release.version }),
      mode: readable,
    },
  ];
}
