import type { Term } from "../../term/index.ts";
import { type WrittenWays, instructionText } from "../appup/index.ts";
import type { LintWarning } from "../lint/index.ts";
import type { ModuleChanges } from "../code/index.ts";
import type { Tarball } from "../package/tarball.ts";
import { type Effects, effectsOf } from "./effects.ts";
import type { LeftOut } from "./make-ways.ts";
import type { ApplicationChange, UpgradePlan } from "./plan-upgrade.ts";

/** An upgrade that was built. Paths are absolute, sizes in bytes. */
export interface BuiltUpgrade {
  readonly file: string;
  readonly size: number;
  readonly files: number;
  /** The older releases, the oldest first, with the number of instructions to the new one and back. */
  readonly from: readonly BuiltWay[];
  readonly leftOut: readonly LeftOut[];
  /** What changes, each pair of versions once; `erts` stands for the emulator. */
  readonly applications: readonly BuiltChange[];
  /** What will probably hurt, see docs/lint.md. */
  readonly lint: readonly LintWarning[];
}

export interface BuiltWay {
  readonly version: string;
  readonly file: string;
  readonly up: number;
  /** `null` where there is no way back. */
  readonly down: number | null;
}

export interface BuiltChange {
  readonly application: string;
  /** `null` for a new application. */
  readonly from: string | null;
  /** `null` for one that is gone. */
  readonly to: string | null;
  /** The versions of the older releases that have it so. */
  readonly releases: readonly string[];
  /** `null` where they cannot be told. */
  readonly modules: ModuleChanges | null;
  /** `null` where it has no instructions. */
  readonly written: WrittenWays | null;
  readonly up: BuiltInstructions | null;
  readonly down: BuiltInstructions | null;
}

/** Instructions as text, and what they do to a running system besides loading code. */
export interface BuiltInstructions extends Effects {
  readonly instructions: readonly string[];
}

/** Describes an upgrade once its tarball is written. */
export function describeUpgrade(plan: UpgradePlan, file: string, tarball: Tarball): BuiltUpgrade {
  return {
    file,
    ...tarball,
    from: plan.ways.map(({ version, file: older, up, down }) => ({
      version,
      file: older,
      up: up.length,
      down: down?.length ?? null,
    })),
    leftOut: plan.leftOut,
    lint: plan.lint,
    applications: plan.changes.map(describeChange),
  };
}

function describeChange({ application, from, to, releases, modules, way }: ApplicationChange): BuiltChange {
  const whole = wholeChange(application, from, to);
  return {
    application,
    from: from ?? null,
    to: to ?? null,
    releases,
    modules: modules ?? null,
    written: way?.written ?? null,
    up: whole?.up ?? describeInstructions(way?.up),
    down: whole?.down ?? describeInstructions(way?.down),
  };
}

/** What needs no appup: an application that comes or goes, and the emulator. */
function wholeChange(
  application: string,
  from: string | undefined,
  to: string | undefined,
): { readonly up: BuiltInstructions; readonly down: BuiltInstructions } | undefined {
  const nothing = { instructions: [], suspended: [], restarted: [], applications: [], emulator: false };
  if (application === "erts") {
    const restart = { ...nothing, emulator: true };
    return { up: restart, down: restart };
  }
  const start = { ...nothing, applications: [`+${application}`] };
  const stop = { ...nothing, applications: [`-${application}`] };
  if (from === undefined) return { up: start, down: stop };
  return to === undefined ? { up: stop, down: start } : undefined;
}

function describeInstructions(terms: readonly Term[] | undefined): BuiltInstructions | null {
  if (terms === undefined) return null;
  return { instructions: terms.map(instructionText), ...effectsOf(terms) };
}
