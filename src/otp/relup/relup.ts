/**
 * Release upgrade files: `{VSN, [{OLD, DESCRIPTION, INSTRUCTIONS}, ...], [{OLD, DESCRIPTION, INSTRUCTIONS}, ...]}`, the
 * ways up to a release from older ones and back down to them, in the low-level instructions of `release_handler`.
 *
 * Made by the rules of `systools:make_relup/4`; see relup(4) and appup(4) of SASL.
 */
import { EnitError } from "../../error/index.ts";
import { atom, isAtom, list, string, tuple } from "../../term/index.ts";
import type { Term, TupleTerm } from "../../term/index.ts";
import type { UpgradeDirection } from "../appup.ts";
import type { ApplicationIndex } from "../applications.ts";
import type { OtpInstallation } from "../installation.ts";
import type { ReleaseSpec } from "../rel.ts";
import { type UpgradableRelease, readUpgradableRelease } from "./release.ts";
import { type ReadAppup, collectScripts } from "./scripts.ts";
import { translateScripts } from "./translate.ts";
import type { RelupWarning } from "./warning.ts";

export interface RelupOptions {
  /** The OTP whose rules count. */
  readonly otp: OtpInstallation;
  /** Where the applications of all releases are found. */
  readonly applications: ApplicationIndex;
  /** The releases to upgrade from. */
  readonly up: readonly OlderRelease[];
  /** The releases to go back to. */
  readonly down: readonly OlderRelease[];
  /** Restart the emulator at the end of every upgrade and downgrade. */
  readonly restartEmulator?: boolean;
  /** Refuse what would be warned of. */
  readonly warningsAsErrors?: boolean;
  /** Gives the appup of an application; `undefined` if it has none. Default: the file in its directory. */
  readonly readAppup?: ReadAppup;
}

export interface OlderRelease {
  readonly release: ReleaseSpec;
  /** What the relup says of the way from or to it. Default: nothing. */
  readonly description?: string;
}

export interface Relup {
  readonly relup: TupleTerm;
  readonly up: readonly UpgradePath[];
  readonly down: readonly UpgradePath[];
  readonly warnings: readonly RelupWarning[];
}

/** The way from or to one older release, in the order of the relup: the reverse of the one given. */
export interface UpgradePath {
  readonly vsn: string;
  readonly description: string;
  readonly instructions: readonly Term[];
}

/**
 * Makes the relup of a release: the term that `systools:make_relup` makes. Where dependencies between modules leave the
 * order open, which varies from run to run there, it is that of the appup here.
 *
 * Throws `sasl_missing`, `appup_not_found`, `appup_version_not_found`, `appup_malformed`, `warnings_as_errors`, what
 * `makeScript` throws for one of the releases, and for an instruction that cannot be used the word of systools
 * (`undef_module`, `bad_instruction`, ...), with file, line and column.
 */
export function makeRelup(release: ReleaseSpec, options: RelupOptions): Relup {
  const known = new Map<ReleaseSpec, UpgradableRelease>();
  const read = (spec: ReleaseSpec): UpgradableRelease => {
    const found = known.get(spec) ?? readUpgradableRelease(spec, options.applications, options.otp.release);
    known.set(spec, found);
    return found;
  };
  const top = read(release);
  const warnings = new Map<string, RelupWarning>();
  const paths = (direction: UpgradeDirection): UpgradePath[] =>
    options[direction].map(({ release: older, description = "" }) => {
      const { instructions, warnings: found } = makePath(direction, top, read(older), options);
      for (const warning of found) warnings.set(warning.message, warning);
      return { vsn: older.vsn, description, instructions };
    });
  const [up, down] = [paths("up").reverse(), paths("down").reverse()];
  const all = [...warnings.values()];
  if (options.warningsAsErrors === true && all.length > 0) throw refuseWarnings(release, all);
  const relup = tuple(string(release.vsn), list(up.map(toEntry)), list(down.map(toEntry)));
  return { relup, up, down, warnings: all };
}

function makePath(
  direction: UpgradeDirection,
  top: UpgradableRelease,
  base: UpgradableRelease,
  { otp, restartEmulator = false, readAppup }: RelupOptions,
): { readonly instructions: readonly Term[]; readonly warnings: readonly RelupWarning[] } {
  const { scripts, warnings } = collectScripts(direction, top, base, { otpRelease: otp.release, readAppup });
  const [next, previous] = direction === "up" ? [top, base] : [base, top];
  const instructions = translateScripts(
    direction,
    restartEmulator ? [...scripts, [{ term: atom("restart_emulator") }]] : scripts,
    { next: next.members, previous: previous.members },
  );
  if (direction === "down" || !hasOldHandler(base) || !isAtom(instructions[0], "restart_new_emulator")) {
    return { instructions, warnings };
  }
  const message = `the release "${base.spec.name}" ${base.spec.vsn} is of an OTP before R15: compile the new code with that one`;
  return {
    instructions: restartAtEnd(instructions),
    warnings: [...warnings, { code: "emulator_before_r15", message }],
  };
}

/** Whether the `release_handler` cannot go on after it has started a new emulator, as it can from R15 (SASL 2.2) on. */
function hasOldHandler({ spec }: UpgradableRelease): boolean {
  // By code points, as systools compares them.
  return spec.applications.some(({ name, vsn }) => name === "sasl" && vsn < "2.2");
}

function restartAtEnd([restart, ...others]: readonly Term[]): Term[] {
  const rest = others.filter((term) => !isAtom(term, "restart_emulator"));
  return restart === undefined ? rest : [...rest, restart];
}

function toEntry({ vsn, description, instructions }: UpgradePath): Term {
  return tuple(string(vsn), string(description), list(instructions));
}

function refuseWarnings(release: ReleaseSpec, warnings: readonly RelupWarning[]): EnitError {
  return new EnitError(
    "warnings_as_errors",
    `cannot make the relup of "${release.name}": ${warnings.map(({ message }) => message).join("; ")}`,
    { kind: "input", data: { warnings } },
  );
}
