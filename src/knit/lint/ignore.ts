import { EnitError, nearestName } from "../../error/index.ts";
import { APPUP_WARNINGS, type AppupWarning } from "../appup/index.ts";
import { type LintCode, LINT_CODES, isLintCode } from "./codes.ts";
import type { LintWarning } from "./facts.ts";

/** A warning that is not wanted: everywhere, or of one module or application. */
export interface IgnoredWarning {
  /** That of lint, or of the making of an appup. */
  readonly code: LintCode | AppupWarning["code"];
  readonly name: string | undefined;
}

/**
 * Reads what is to be ignored; the code may be written as an atom without quotes: `local_loop`. `place`: where it stands in a
 * file.
 *
 * @throws EnitError `lint_code_unknown`.
 */
export function readIgnored(word: string, name?: string, place?: IgnoredPlace): IgnoredWarning {
  const code = word.replaceAll("_", "-");
  if (isLintCode(code)) return { code, name };
  const ofAppup = APPUP_WARNINGS.find((each) => each === word.replaceAll("-", "_"));
  if (ofAppup !== undefined) return { code: ofAppup, name };
  const nearest = nearestName(code, Object.keys(LINT_CODES)) ?? nearestName(word, APPUP_WARNINGS);
  const where = place === undefined ? "" : ` (${place.text})`;
  throw new EnitError("lint_code_unknown", `cannot ignore the warning "${word}"${where}: there is no such warning`, {
    kind: place === undefined ? "usage" : "input",
    hint: nearest === undefined ? "docs/lint.md and docs/appup.md have all of them." : `Did you mean ${nearest}?`,
    data: { code: word, ...(nearest === undefined ? {} : { nearest }), ...place?.data },
  });
}

interface IgnoredPlace {
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** As `readIgnored`, of a word of the command line: `CODE`, or `CODE:NAME`. */
export function parseIgnored(text: string): IgnoredWarning {
  const [, code = "", name] = /^([^:]*)(?::(.+))?$/.exec(text) ?? [];
  return readIgnored(code, name);
}

/** Leaves out what is ignored. */
export function withoutIgnored<W extends Pick<LintWarning, "application" | "module"> & { readonly code: string }>(
  warnings: readonly W[],
  ignored: readonly IgnoredWarning[],
): readonly W[] {
  return warnings.filter(
    ({ code, module, application }) =>
      !ignored.some(
        (each) => each.code === code && (each.name === undefined || [module, application].includes(each.name)),
      ),
  );
}
