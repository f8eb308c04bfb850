import { basename } from "node:path";
import { EnitError } from "../../error/index.ts";
import type { BuildTools } from "../build-request.ts";
import type { BuildWarning } from "../config/config.ts";
import type { OlderRelease, OlderTarball } from "../older/index.ts";
import type { AmbiguousVersion, OlderCode } from "./older-code.ts";

/** So many are read at once: each keeps one thread busy, and has its changed applications in memory. */
const AT_ONCE = 2;

/**
 * Reads older releases, in the order given. A tarball that only looks like one of the release by its name is passed over,
 * unless it was asked for.
 */
export async function readOlder(
  tarballs: readonly OlderTarball[],
  name: string,
  code: OlderCode,
  tools: BuildTools,
): Promise<OlderRelease[]> {
  using progress = tools.progress("reading older releases", tarballs.length);
  const found = new Map<OlderTarball, OlderRelease>();
  const queue = tarballs.values();
  let done = 0;
  // Of one version of an application in several releases the first counts, so they are added in turn.
  let lastTurn: Promise<undefined> = Promise.resolve(undefined);
  const work = async (): Promise<void> => {
    for (const tarball of queue) {
      const before = lastTurn;
      const turn = Promise.withResolvers<undefined>();
      lastTurn = turn.promise;
      try {
        const release = await code.read(tarball, name, tools.signal);
        await before;
        found.set(tarball, code.add(release));
      } catch (error) {
        if (!(error instanceof EnitError) || error.code !== "tarball_foreign" || tarball.named) throw error;
        tools.log.debug(error.message);
      } finally {
        turn.resolve(before);
      }
      progress.update(++done, `reading ${basename(tarball.file)}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return tarballs.flatMap((tarball) => found.get(tarball) ?? []);
}

/**
 * Refuses versions of applications that stand for two codes, as OTP would take the one that runs for the other one.
 *
 * @throws EnitError `same_version_changed`, unless they are allowed: then they are warned of.
 */
export function checkVersions(
  ambiguous: readonly AmbiguousVersion[],
  options: { readonly allowed: boolean; readonly warn: (warning: BuildWarning) => void },
): void {
  if (ambiguous.length === 0) return;
  // Of many older releases most say the same.
  const groups = Map.groupBy(
    ambiguous,
    ({ library, modules, files: [, newer] }) => `${library} of ${basename(newer)} ${modules.join()}`,
  );
  const lines = [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const older = group.map(({ files }) => basename(files[0]));
    const newer = `${first.library} of ${basename(first.files[1])}`;
    return `${newer} has other code than in ${listed(older)}: ${listed(first.modules)}`;
  });
  if (options.allowed) {
    for (const line of lines)
      options.warn({ code: "same_version_changed", message: `${line}; OTP takes both for the same` });
    return;
  }
  throw new EnitError(
    "same_version_changed",
    `cannot make an upgrade: code changed, but not its version\n  ${lines.join("\n  ")}`,
    {
      kind: "input",
      hint: "Raise the versions of these applications, as OTP loads nothing of a version that it has; or, to leave their code as it is, --allow-same-version. Of two older releases, upgrade_versions or version_regex leaves one out.",
      data: { applications: ambiguous },
    },
  );
}

/** Warns of files that no upgrade brings, as their applications have the versions that they had. */
export function warnOfKeptFiles(
  keptFiles: ReadonlyMap<string, ReadonlySet<string>>,
  warn: (warning: BuildWarning) => void,
): void {
  for (const [library, files] of keptFiles) {
    const message = `${library} has other files than in older releases, but the same version, so that upgraded systems keep the old ones: ${listed([...files].sort())}`;
    warn({ code: "files_kept", message });
  }
}

const SHOWN = 5;

function listed(names: readonly string[]): string {
  const rest = names.length - SHOWN;
  return rest > 1 ? `${names.slice(0, SHOWN).join(", ")} and ${rest} more` : names.join(", ");
}
