import type { UpgradeDirection } from "../../otp/index.ts";
import { checkBookkeeping } from "./bookkeeping.ts";
import { LINT_CODES, type LintCode } from "./codes.ts";
import { checkConfiguration } from "./configuration.ts";
import { checkCoverage, checkVersions } from "./coverage.ts";
import type { Finding, LintWarning, UpgradeFacts } from "./facts.ts";
import { checkHost, checkHostOf } from "./host.ts";
import { checkOldCode } from "./old-code.ts";
import { checkOrder, checkRefused } from "./order.ts";
import { checkOutside } from "./outside.ts";
import { checkState } from "./state.ts";
import { checkSupervisors } from "./supervisors.ts";
import { type Way, waysOf } from "./way.ts";

/** Checks that look at an upgrade as a whole. */
const WHOLE: readonly ((facts: UpgradeFacts) => Finding[])[] = [
  checkVersions,
  checkRefused,
  checkConfiguration,
  checkBookkeeping,
  checkHost,
  checkOutside,
];

/** Checks that look at one way. */
const SINGLE: readonly ((way: Way) => Finding[])[] = [
  checkCoverage,
  checkOrder,
  checkState,
  checkSupervisors,
  checkOldCode,
  checkHostOf,
];

/**
 * Looks for what will probably hurt in upgrades from older releases, and in the ways back, without running anything. What
 * holds for several releases, or both ways, is one warning.
 *
 * Throws `beam_malformed` for a module that is damaged.
 */
export function lintUpgrades(upgrades: readonly UpgradeFacts[]): LintWarning[] {
  const warnings = new Map<string, LintWarning>();
  const add = (finding: Finding, facts: UpgradeFacts, direction?: UpgradeDirection): void => {
    const { code, application = null, module = null, message } = finding;
    const key = JSON.stringify([code, application, module, message]);
    const known = warnings.get(key);
    warnings.set(key, {
      code,
      application,
      module,
      message,
      hint: hintOf(code, module),
      directions: unite(known?.directions ?? [], direction),
      from: unite(known?.from ?? [], facts.from.spec.vsn),
    });
  };
  for (const facts of upgrades) {
    for (const check of WHOLE) for (const finding of check(facts)) add(finding, facts);
    for (const way of waysOf(facts)) {
      for (const check of SINGLE) for (const finding of check(way)) add(finding, facts, way.direction);
    }
  }
  return [...warnings.values()];
}

/** What to do, of this very module. */
function hintOf(code: LintCode, module: string | null): string {
  return module === null ? LINT_CODES[code] : LINT_CODES[code].replaceAll(/(?<!\?)\bMODULE\b/g, module);
}

function unite<T>(known: readonly T[], more: T | undefined): readonly T[] {
  return more === undefined || known.includes(more) ? known : [...known, more];
}
