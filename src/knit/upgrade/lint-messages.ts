import type { BuildWarning } from "../config/config.ts";
import type { LintWarning } from "../lint/index.ts";

/**
 * Puts what a build warns of into words: on which way it happens, between the release and `count` older ones, and what to do about
 * it; the latter once for each code, since a large upgrade has the same fault in many modules.
 */
export function lintMessages(lint: readonly LintWarning[], count: number): BuildWarning[] {
  const explained = new Set<string>();
  return lint.map((warning) => {
    const { code, message, hint } = warning;
    const advice = explained.has(code) ? "" : `\n  ${hint}`;
    explained.add(code);
    return { code, message: `${message}${way(warning, count)} [${code}]${advice}` };
  });
}

/** The way on which something happens, in words; nothing if it is about all of them. */
function way({ directions, from }: LintWarning, count: number): string {
  if (directions.length !== 1) return from.length === count ? "" : `, between ${from.join(", ")} and this version`;
  return directions[0] === "up" ? `, on the way up from ${from.join(", ")}` : `, on the way down to ${from.join(", ")}`;
}
