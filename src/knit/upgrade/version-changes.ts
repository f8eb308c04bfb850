import type { ReleaseSpec } from "../../otp/index.ts";
import type { OlderRelease } from "../older/index.ts";

/** An application that is another one in the new release than in some older ones; `erts` stands for the emulator. */
export interface VersionChange {
  readonly application: string;
  /** `undefined` where the older releases do not have it. */
  readonly from: string | undefined;
  /** `undefined` where the new release does not have it. */
  readonly to: string | undefined;
  /** The versions of these older releases. */
  readonly releases: readonly string[];
}

/** Lists what differs between a release and older ones, each pair of versions once, in the order of the new release. */
export function listVersionChanges(release: ReleaseSpec, older: readonly OlderRelease[]): VersionChange[] {
  const names = [release, ...older.map(({ spec }) => spec)].flatMap(({ applications }) =>
    applications.map(({ name }) => name),
  );
  return ["erts", ...new Set(names)].flatMap((application) => {
    const to = versionIn(release, application);
    const releases = new Map<string | undefined, string[]>();
    for (const { spec, version } of older) {
      const from = versionIn(spec, application);
      if (from === to) continue;
      const same = releases.get(from) ?? [];
      same.push(version);
      releases.set(from, same);
    }
    return [...releases].map(([from, versions]) => ({ application, from, to, releases: versions }));
  });
}

function versionIn({ applications, ertsVersion }: ReleaseSpec, name: string): string | undefined {
  if (name === "erts") return ertsVersion;
  return applications.find((each) => each.name === name)?.vsn;
}
