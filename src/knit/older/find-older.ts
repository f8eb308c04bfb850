import { existsSync } from "node:fs";
import { join } from "node:path";
import { EnitError } from "../../error/index.ts";
import { listDirectoryIfAny, translateRegExp } from "../../otp/index.ts";
import { type Term, atomName, printTerm } from "../../term/index.ts";
import type { KnitOptions, VersionPattern } from "../config/options.ts";
import { versionOrder } from "./version-order.ts";

/** The tarball of an older release, going by its name. */
export interface OlderTarball {
  readonly version: string;
  /** Absolute. */
  readonly file: string;
  /** Whether `upgrade_versions` names it, so that it must be what its name says. */
  readonly named: boolean;
}

const SUFFIX = ".tar.gz";

/**
 * Finds the tarballs `NAME-VERSION.tar.gz` that an upgrade is made from, the oldest first: those that `upgrade_versions`
 * names, or else all in `release_dir` that match `version_regex`, are not older than `version_min`, and are not newer than
 * the release. Versions without an order count as older, whichever they are.
 *
 * @throws EnitError `older_release_missing` for one that is named; `regexp_invalid`, `regexp_unsupported`, `option_invalid`
 * for the expression; `directory_unreadable`.
 */
export function findOlder(
  release: { readonly name: string; readonly version: string },
  options: KnitOptions,
  otpRelease: number,
): OlderTarball[] {
  const order = versionOrder(options.semver);
  const { releaseDir, versionMin, upgradeVersions } = options;
  const fileOf = (version: string): string => join(releaseDir, `${release.name}-${version}${SUFFIX}`);
  if (upgradeVersions !== undefined) {
    const versions = [...new Set(upgradeVersions)].filter((version) => version !== release.version);
    checkPresent(versions.map(fileOf), release.name);
    return versions.sort(order.compare).map((version) => ({ version, file: fileOf(version), named: true }));
  }
  const matches = makeFilter(options.versionRegex, otpRelease);
  const prefix = `${release.name}-`;
  return (listDirectoryIfAny(releaseDir) ?? [])
    .filter((file) => file.startsWith(prefix) && file.endsWith(SUFFIX))
    .map((file) => file.slice(prefix.length, -SUFFIX.length))
    .filter((version) => version !== "" && version !== release.version && matches(version))
    .filter((version) => versionMin === undefined || order.compare(version, versionMin) >= 0)
    .filter((version) => !order.isNewer(version, release.version))
    .sort(order.compare)
    .map((version) => ({ version, file: fileOf(version), named: false }));
}

function checkPresent(files: readonly string[], name: string): void {
  const missing = files.filter((file) => !existsSync(file));
  if (missing.length === 0) return;
  const shown = missing.map((file) => `"${file}"`).join(", ");
  throw new EnitError("older_release_missing", `cannot upgrade from ${shown}: there is no such file`, {
    kind: "input",
    hint: `upgrade_versions names the versions of ${name} whose tarballs are in release_dir.`,
    data: { files: missing },
  });
}

/** The options of `re:compile/2` that an expression may have, `unicode` aside, which changes nothing here. */
const MODES = ["caseless", "multiline", "dotall", "extended", "ungreedy"] as const;

/** An expression that is not anchored counts if it matches anywhere, as for `re:run/3`. */
function makeFilter(pattern: VersionPattern | undefined, otpRelease: number): (version: string) => boolean {
  if (pattern === undefined) return () => true;
  const words = new Set(pattern.options.map((option) => optionWord(option, pattern)));
  const modes = Object.fromEntries(MODES.filter((mode) => words.has(mode)).map((mode) => [mode, true]));
  const regExp = translateRegExp(pattern.source, otpRelease, modes);
  const anchored = words.has("anchored");
  return (version) => {
    const match = regExp.exec(version);
    return match !== null && (!anchored || match.index === 0);
  };
}

function optionWord(option: Term, { source }: VersionPattern): string {
  const word = atomName(option);
  if (word !== undefined && [...MODES, "anchored", "unicode"].includes(word)) return word;
  const shown = printTerm(option, { format: "tw" });
  throw new EnitError("option_invalid", `cannot use version_regex "${source}": there is no option ${shown} for it`, {
    kind: "input",
    hint: `Options are ${[...MODES, "anchored", "unicode"].join(", ")}.`,
    data: { option: "version_regex", value: shown },
  });
}
