import { join } from "node:path";
import { EnitError } from "../../error/index.ts";
import { type OtpInstallation, findApplications, parseTermFile, readFileIfAny } from "../../otp/index.ts";
import { type Term, isTuple, listElements, stringValue } from "../../term/index.ts";
import { type ApplicationCode, readApplicationCode } from "../code/index.ts";
import { type CodeSource, openSource } from "../preview/index.ts";
import { collectFacts } from "./collect.ts";
import type { LintWarning, ReleaseFacts, UpgradeFacts } from "./facts.ts";
import { type IgnoredWarning, withoutIgnored } from "./ignore.ts";
import { lintUpgrades } from "./lint.ts";
import { factsOfTarball, factsOfTree } from "./release-facts.ts";

export interface LintRequest {
  /** Each the directory of a release, or the tarball of one. */
  readonly older: string;
  readonly newer: string;
  readonly behaviours: ReadonlyMap<string, string>;
  readonly ignored: readonly IgnoredWarning[];
  /** The OTP whose rules count, and where applications are found that the releases do not pack. */
  readonly otp: OtpInstallation;
  readonly signal: AbortSignal;
}

/** What is to be expected of an upgrade between two releases. */
export interface LintReport {
  readonly older: LintedRelease;
  readonly newer: LintedRelease;
  readonly warnings: readonly LintWarning[];
}

export interface LintedRelease {
  readonly path: string;
  readonly name: string;
  readonly version: string;
}

/**
 * Looks at the upgrade from one release to another, by the relup of the newer one for the older one, or, without one, by that which
 * OTP would make of its appups.
 *
 * @throws EnitError `sources_differ` if these are not two versions of one release, and what `openSource` throws.
 */
export async function lintReleases(request: LintRequest): Promise<LintReport> {
  const { otp, behaviours, ignored, signal } = request;
  const [older, newer] = [await openSource(request.older, signal), await openSource(request.newer, signal)];
  const [from, to] = [older.release, newer.release];
  if (from === undefined || to === undefined || older.name !== newer.name || older.version === newer.version) {
    throw sourcesDiffer(older, newer);
  }
  const shared = new SharedCode(otp, older, newer);
  const upgrade = collectFacts(
    { facts: factsOf(older, from), applications: shared.applicationsOf(older, from) },
    { facts: factsOf(newer, to), applications: shared.applicationsOf(newer, to) },
    { otp, behaviours, relup: readRelup(newer, to, older.version) },
  );
  const describe = ({ path, name, version }: CodeSource): LintedRelease => ({ path, name, version });
  return { older: describe(older), newer: describe(newer), warnings: withoutIgnored(lintUpgrades([upgrade]), ignored) };
}

type Release = NonNullable<CodeSource["release"]>;

function factsOf({ path, applications }: CodeSource, { spec, tarball }: Release): ReleaseFacts {
  return tarball === undefined ? factsOfTree(path, spec, applications.keys()) : factsOfTarball(tarball);
}

/** The applications of both releases: those that they pack, those of the other one, and those of OTP, the same version once. */
class SharedCode {
  readonly #index: ReturnType<typeof findApplications>;
  readonly #known = new Map<string, ApplicationCode>();

  constructor(otp: OtpInstallation, older: CodeSource, newer: CodeSource) {
    this.#index = findApplications({ libDirs: [otp.libDir] });
    for (const source of [older, newer]) {
      for (const code of source.applications.values()) this.#known.set(`${code.name}-${code.version}`, code);
    }
  }

  applicationsOf({ applications }: CodeSource, { spec }: Release): ReadonlyMap<string, ApplicationCode> {
    return new Map(
      spec.applications.flatMap(({ name, vsn }) => {
        const code = applications.get(name) ?? this.#find(name, vsn);
        return code === undefined ? [] : [[name, code]];
      }),
    );
  }

  #find(name: string, vsn: string): ApplicationCode | undefined {
    const key = `${name}-${vsn}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const spec = this.#index.find(name, vsn);
    if (spec === undefined) return undefined;
    const code = readApplicationCode(spec.dir);
    this.#known.set(key, code);
    return code;
  }
}

/** The ways of the relup that a release brings, if it has one up from the older release. */
function readRelup({ path }: CodeSource, { spec, tarball }: Release, older: string): UpgradeFacts["relup"] | undefined {
  const place = join("releases", spec.vsn, "relup");
  const content = tarball === undefined ? readFileIfAny(join(path, place)) : tarball.files.get("relup");
  if (content === undefined) return undefined;
  const [term] = parseTermFile(content, `${path}${tarball === undefined ? "/" : ":"}${place}`).terms;
  const [, up, down] = isTuple(term, 3) ? term.elements : [];
  const relup = { up: wayIn(up, older), down: wayIn(down, older) };
  return relup.up === undefined ? undefined : relup;
}

/** The instructions of `{VERSION, DESCRIPTION, INSTRUCTIONS}` in a list of a relup. */
export function wayIn(entries: Term | undefined, version: string): readonly Term[] | undefined {
  for (const entry of listElements(entries) ?? []) {
    const [vsn, , instructions] = isTuple(entry, 3) ? entry.elements : [];
    if (vsn !== undefined && stringValue(vsn) === version) return listElements(instructions);
  }
  return undefined;
}

function sourcesDiffer(older: CodeSource, newer: CodeSource): EnitError {
  const shown = ({ kind, name, version }: CodeSource): string => `the ${kind} ${name} ${version}`;
  const state = `the first is ${shown(older)}, the second ${shown(newer)}`;
  return new EnitError(
    "sources_differ",
    `cannot look at the upgrade from "${older.path}" to "${newer.path}": ${state}`,
    {
      kind: "input",
      hint: "Name the directories or tarballs of two versions of one release.",
    },
  );
}
