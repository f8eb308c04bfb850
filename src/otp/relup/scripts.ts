import { EnitError } from "../../error/index.ts";
import { atom, tuple } from "../../term/index.ts";
import type { AppSpec } from "../application.ts";
import { type Appup, type UpgradeDirection, findAppupScript, readAppupIfAny } from "../appup.ts";
import { joinPath } from "../filename.ts";
import type { ReleaseMember } from "../release-members.ts";
import type { UpgradableRelease } from "./release.ts";
import type { UpgradeScript } from "./step.ts";
import type { RelupWarning } from "./warning.ts";

/** Gives the appup of an application; `undefined` if it has none. */
export type ReadAppup = (application: AppSpec) => Appup | undefined;

interface ScriptOptions {
  /** The release of OTP whose rules count for regular expressions. */
  readonly otpRelease: number;
  /** Default: reads the file in the application's directory. */
  readonly readAppup: ReadAppup | undefined;
}

export interface UpgradeScripts {
  readonly scripts: readonly UpgradeScript[];
  readonly warnings: readonly RelupWarning[];
}

/**
 * Collects the scripts for the way between two releases: of new applications, of changed ones from the appups of the
 * newer release `top`, of removed ones; before them one for another emulator, if the releases have different ones.
 *
 * Throws `appup_not_found`, `appup_version_not_found`, and what `readAppupIfAny` and `findAppupScript` throw.
 */
export function collectScripts(
  direction: UpgradeDirection,
  top: UpgradableRelease,
  base: UpgradableRelease,
  options: ScriptOptions,
): UpgradeScripts {
  const [from, to] = direction === "up" ? [base, top] : [top, base];
  const warnings: RelupWarning[] = [];
  const changed = top.members.flatMap((member) => {
    const old = base.members.find(({ name }) => name === member.name);
    if (old === undefined || old.spec.vsn === member.spec.vsn) return [];
    return [readScript(direction, member, old.spec.vsn, options, warnings)];
  });
  const absentIn = (release: UpgradableRelease, { name }: { readonly name: string }): boolean =>
    !release.spec.applications.some((each) => each.name === name);
  const added = to.spec.applications
    .filter((each) => absentIn(from, each))
    .map(({ name, type = "permanent" }) => [{ term: tuple(atom("add_application"), atom(name), atom(type)) }]);
  const removed = from.spec.applications
    .filter((each) => absentIn(to, each))
    .map(({ name }) => [{ term: tuple(atom("remove_application"), atom(name)) }]);
  return { scripts: [...restart(top, base, warnings), ...added, ...changed, ...removed], warnings };
}

function restart(top: UpgradableRelease, base: UpgradableRelease, warnings: RelupWarning[]): UpgradeScript[] {
  if (top.spec.ertsVersion === base.spec.ertsVersion) return [];
  warnings.push({
    code: "erts_version_changed",
    message: `the emulator changes: "${base.spec.name}" ${base.spec.vsn} has erts ${base.spec.ertsVersion}, "${top.spec.name}" ${top.spec.vsn} has ${top.spec.ertsVersion}`,
  });
  return [[{ term: atom("restart_new_emulator") }]];
}

function readScript(
  direction: UpgradeDirection,
  { name, spec }: ReleaseMember,
  oldVsn: string,
  { otpRelease, readAppup = readFileOf }: ScriptOptions,
  warnings: RelupWarning[],
): UpgradeScript {
  const file = fileOf(spec);
  const [from, to] = direction === "up" ? [oldVsn, spec.vsn] : [spec.vsn, oldVsn];
  const way = `"${name}" from ${from} to ${to}`;
  const data = { application: name, from, to, file };
  const appup = readAppup(spec);
  if (appup === undefined) {
    throw new EnitError("appup_not_found", `cannot take ${way}: there is no appup "${file}"`, {
      kind: "input",
      hint: "Write it, or name the directory of an application that has one with --path.",
      data,
    });
  }
  if (appup.vsn !== spec.vsn) {
    const message = `the appup "${file}" is for the version ${appup.vsn ?? "?"}, not for ${spec.vsn}`;
    warnings.push({ code: "appup_version_differs", message });
  }
  const script = findAppupScript(appup, direction, oldVsn, otpRelease);
  if (script === undefined) {
    const state = `the appup "${file}" has no instructions for ${oldVsn} ${direction === "up" ? "in its first list" : "in its second list"}`;
    throw new EnitError("appup_version_not_found", `cannot take ${way}: ${state}`, { kind: "input", data });
  }
  return script.instructions.map((term) => ({ term, place: { file, position: () => script.positionOf(term) } }));
}

function fileOf({ ebinDir, name }: AppSpec): string {
  return joinPath(ebinDir, `${name}.appup`);
}

function readFileOf(application: AppSpec): Appup | undefined {
  return readAppupIfAny(fileOf(application));
}
