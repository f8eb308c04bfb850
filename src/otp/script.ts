/**
 * Boot scripts: what the emulator does at its start, as the term `{script, {Name, Vsn}, Instructions}`.
 *
 * Made of a release by the rules of `systools:make_script/2`; the instructions are described in script(4) of SASL.
 * Cross reference checks (`exref`) and the undocumented `otp_build` are not supported.
 */
import { EnitError } from "../error/index.ts";
import { atom, encodeTerm, list, string, tuple } from "../term/index.ts";
import type { Term, TupleTerm } from "../term/index.ts";
import { orderApplications } from "./application-order.ts";
import type { ApplicationIndex } from "./applications.ts";
import { readBootFacts } from "./boot-facts.ts";
import type { OtpInstallation } from "./installation.ts";
import { findModuleWarnings } from "./module-checks.ts";
import type { ReleaseSpec } from "./rel.ts";
import { checkMembers, checkRelease } from "./release-checks.ts";
import { readReleaseMembers } from "./release-members.ts";
import { scriptInstructions } from "./script-instructions.ts";
import type { ScriptWarning } from "./script-warning.ts";
import { scriptPath } from "./script-paths.ts";
import type { PathOptions } from "./script-paths.ts";

export interface ScriptOptions extends Partial<PathOptions> {
  /** The OTP that will run the script. */
  readonly otp: OtpInstallation;
  /** Where the applications are found. */
  readonly applications: ApplicationIndex;
  /** Leave out the instruction that runs `$HOME/.erlang`. */
  readonly noDotErlang?: boolean;
  /** Do not warn of a release without sasl. */
  readonly noWarnSasl?: boolean;
  /** Refuse what would be warned of. */
  readonly warningsAsErrors?: boolean;
  /** Check that each module is there, and no older than its source. */
  readonly sourceTests?: boolean;
}

export interface Script {
  readonly script: TupleTerm;
  readonly warnings: readonly ScriptWarning[];
}

/**
 * Makes the boot script of a release: the term that `systools:make_script` makes with the same options.
 *
 * Throws what `checkRelease`, `readReleaseMembers`, `checkMembers` and `orderApplications` throw, `module_not_found` (only
 * with `sourceTests`), `warnings_as_errors`, and what `readBootFacts` throws for an OTP without its own boot file.
 */
export function makeScript(release: ReleaseSpec, options: ScriptOptions): Script {
  checkRelease(release);
  const members = readReleaseMembers(release, options.applications, options.otp.release);
  checkMembers(release, members);
  const warnings = [
    ...releaseWarnings(release, options),
    ...(options.sourceTests === true ? findModuleWarnings(release, members) : []),
  ];
  const ordered = orderApplications(members, release.name);
  if (options.warningsAsErrors === true && warnings.length > 0) throw refuseWarnings(release, warnings);

  const paths = { directory: process.cwd(), ...options };
  const placed = ordered.map((member) => ({ member, path: scriptPath(member, paths) }));
  const instructions = scriptInstructions(placed, readBootFacts(options.otp), options.noDotErlang === true);
  const id = tuple(string(release.name), string(release.vsn));
  return { script: tuple(atom("script"), id, list(instructions)), warnings };
}

/** The content of a boot file: the script in the external format, its atoms as the OTP writes them that will run it. */
export function encodeBoot(script: Term, otp: Pick<OtpInstallation, "release">): Uint8Array {
  // OTP 26 began to write all atoms in UTF-8.
  return encodeTerm(script, { latin1Atoms: otp.release < 26 });
}

function releaseWarnings(release: ReleaseSpec, options: ScriptOptions): ScriptWarning[] {
  const warnings: ScriptWarning[] = [];
  if (options.noWarnSasl !== true && !release.applications.some(({ name }) => name === "sasl")) {
    const message = `the release "${release.name}" does not have sasl: it cannot be upgraded while it runs`;
    warnings.push({ code: "sasl_missing", message });
  }
  if (release.ertsVersion !== options.otp.ertsVersion) {
    const message = `the release "${release.name}" is for erts ${release.ertsVersion}, not for ${options.otp.ertsVersion} of Erlang/OTP ${options.otp.version}`;
    warnings.push({ code: "erts_version_differs", message });
  }
  return warnings;
}

function refuseWarnings(release: ReleaseSpec, warnings: readonly ScriptWarning[]): EnitError {
  return new EnitError(
    "warnings_as_errors",
    `cannot make the boot script of "${release.name}": ${warnings.map(({ message }) => message).join("; ")}`,
    { kind: "input", data: { warnings } },
  );
}
