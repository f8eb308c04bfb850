import { join } from "node:path";
import { writeFileAtomically } from "../../otp/index.ts";
import { type AppupWay, Behaviours, type Instructions, makeApplicationAppup } from "../appup/index.ts";
import type { ApplicationCode } from "../code/index.ts";
import type { BuildWarning } from "../config/config.ts";
import { withoutIgnored } from "../lint/index.ts";
import type { Project } from "../project.ts";
import type { OlderCode } from "./older-code.ts";
import type { TreeCode } from "./tree-code.ts";
import type { VersionChange } from "./version-changes.ts";

/** What plugins make of the instructions for a pair of versions. */
export type ChangeAppup = (
  change: Instructions,
  facts: { readonly application: string; readonly from: string; readonly to: string },
) => Promise<Instructions>;

/** A change between two versions of an application whose code is at hand, and the way that the appup has for it. */
export interface AppupChange extends VersionChange {
  readonly older: ApplicationCode;
  readonly newer: ApplicationCode;
  readonly way: AppupWay;
}

export interface AppupSources {
  readonly project: Project;
  /** The directories in `lib` of all applications of the new release that are packed. */
  readonly libraries: readonly string[];
  /** The applications that are permanent in all releases. */
  readonly permanent: ReadonlySet<string>;
  readonly tree: TreeCode;
  readonly code: OlderCode;
  readonly warn: (warning: BuildWarning) => void;
}

/**
 * Makes the appups of all applications that changed, each for all its older versions, and writes them into the tree, so that
 * the release has them too. What comes from the installation of OTP and is not packed has the appup that it has.
 *
 * Throws what `makeApplicationAppup` throws, and `file_unwritable`.
 */
export async function makeAppups(changes: readonly VersionChange[], sources: AppupSources): Promise<AppupChange[]> {
  const { project, tree, code, libraries, permanent, warn } = sources;
  const pairs = changes.flatMap((change) => pairOf(change, tree, code));
  const applications = pairs.length === 0 ? [] : libraries.map((library) => tree.application(library));
  const behaviours = new Behaviours(project.options.behaviours, [...applications, ...code.applications]);
  const ask = project.plugins.appup;
  const made: AppupChange[] = [];
  for (const newer of new Set(pairs.map((pair) => pair.newer))) {
    const own = pairs.filter((pair) => pair.newer === newer);
    const { name: application, version: to } = newer;
    const { text, ways } = await makeApplicationAppup({
      to: newer,
      from: own.map(({ older }) => ({ application: older, behaviours, isPermanent: permanent.has(application) })),
      otpRelease: project.otp.release,
      ...(ask && { change: (instructions, from) => ask(instructions, { application, from, to }) }),
    });
    if (text !== undefined) writeFileAtomically(join(newer.origin, "ebin", `${application}.appup`), text);
    for (const pair of own) {
      const way = ways.find(({ from }) => from === pair.from);
      if (way === undefined) continue;
      made.push({ ...pair, way });
      const warnings = way.warnings.map(({ code: word, module, message }) => ({
        code: word,
        module,
        message,
        application,
      }));
      for (const { code: word, message } of withoutIgnored(warnings, project.options.lintIgnore)) {
        warn({ code: word, message: `${application} from ${pair.from} to ${to}: ${message}` });
      }
    }
  }
  return made;
}

function pairOf(
  change: VersionChange,
  tree: TreeCode,
  code: OlderCode,
): (VersionChange & { readonly older: ApplicationCode; readonly newer: ApplicationCode })[] {
  const { application, from, to } = change;
  // The modules of erts are part of the emulator, which starts anew.
  if (application === "erts") return [];
  if (from === undefined || to === undefined || !tree.libraries.has(`${application}-${to}`)) return [];
  const older = code.application(`${application}-${from}`);
  return older === undefined ? [] : [{ ...change, older, newer: tree.application(`${application}-${to}`) }];
}
