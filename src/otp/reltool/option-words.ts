import { type Term, isAtom, listElements } from "../../term/index.ts";
import type { AppType, DebugInfo } from "./config.ts";
import { keepsChunks, makesArchives } from "./generations.ts";
import type { ParseContext } from "./option-error.ts";
import { oneOf, strings } from "./values.ts";

// What options of the system and of applications have in common.

export const MOD_CONDS = ["all", "app", "ebin", "derived", "none"] as const;
export const INCL_CONDS = ["include", "exclude", "derived"] as const;
export const APP_FILES = ["keep", "strip", "all"] as const;
const APP_TYPES = ["permanent", "transient", "temporary", "load", "none"] as const;

export const APP_TYPE_FORM = `${APP_TYPES.join(" | ")} | undefined`;
export const FILTERS_FORM = "[Regexp] | {add, [Regexp]} | {del, [Regexp]}";
export const DEBUG_INFO_FORM = "keep | strip, or from OTP 26 on a list of chunk names";

/** The type of an application; `null` for what is none. */
export function appType(value: Term): AppType | null {
  return isAtom(value, "undefined") ? undefined : (oneOf(value, APP_TYPES) ?? null);
}

/** What becomes of debug information. */
export function debugInfo(value: Term, { release }: ParseContext): DebugInfo | undefined {
  return oneOf(value, KEEP_OR_STRIP) ?? (keepsChunks(release) ? strings(value) : undefined);
}

const KEEP_OR_STRIP = ["keep", "strip"] as const;

/** The elements of `archive_opts`. */
export function archiveOpts(value: Term): readonly Term[] | undefined {
  return listElements(value);
}

/** Whether an option of archives has no effect, which is warned of. reltool stops at it from OTP 26 on. */
export function ignoresArchives(option: string, { release, warn }: ParseContext): boolean {
  if (makesArchives(release)) return false;
  const message = `the reltool option ${option} has no effect: OTP ${release} knows no archives`;
  warn({ code: "archives_unsupported", message });
  return true;
}
