import type { EnitError } from "../../error/index.ts";
import { printTerm, type Term } from "../../term/index.ts";
import { effectsOf } from "../script.ts";

/**
 * What scripts are told of a failure of `release_handler`: what it gave as the reason, and the instruction that it evaluated last,
 * each `null` where that is not known. `null` for a failure that has nothing of either.
 */
export function whereItFailed(
  { code, data }: EnitError,
  at: Term | undefined,
): Readonly<Record<string, unknown>> | null {
  if (code !== "release_handler_failed" && at === undefined) return null;
  const { reason = null, term = null, module = null, process = null } = code === "release_handler_failed" ? data : {};
  return {
    reason,
    term,
    module: module ?? (at === undefined ? null : onlyModule(at)),
    process,
    instruction: at === undefined ? null : printTerm(at, { format: "tp", width: 0 }),
  };
}

function onlyModule(instruction: Term): string | null {
  const { loaded, removed, suspended, codeChanged, restarted } = effectsOf([instruction]);
  const files = [...loaded, ...removed].map(({ module }) => module);
  const [first = null, ...others] = new Set([...files, ...suspended, ...codeChanged, ...restarted]);
  return others.length === 0 ? first : null;
}
