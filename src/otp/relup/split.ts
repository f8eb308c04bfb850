import { isAtom } from "../../term/index.ts";
import { instructionRefused } from "./errors.ts";
import { type Step, operandOf } from "./step.ts";

/** The instructions up to the point of no return, and those after it. */
export interface SplitScript {
  readonly before: readonly Step[];
  readonly after: readonly Step[];
}

/**
 * Splits a script at its point of no return; without one, all comes after. What reads object code goes before it anyhow.
 *
 * Throws `too_many_point_of_no_return`, or `bad_op_before_point_of_no_return` for what is neither `load_object_code`
 * nor `apply`.
 */
export function splitScript(script: readonly Step[]): SplitScript {
  const points = script.filter(({ term }) => isAtom(term, "point_of_no_return"));
  const [point, second] = points;
  if (second !== undefined) throw instructionRefused("too_many_point_of_no_return", second, "there is one before it");
  const at = point === undefined ? -1 : script.indexOf(point);
  const before = script.slice(0, Math.max(at, 0));
  for (const step of before) {
    if (readsCode(step) || operandOf(step, "apply") !== undefined) continue;
    const state = "it stands before the point of no return, where only load_object_code and apply may stand";
    throw instructionRefused("bad_op_before_point_of_no_return", step, state);
  }
  const after = script.slice(at + 1);
  return {
    before: [...before, ...after.filter(readsCode)],
    after: after.filter((step) => !readsCode(step)),
  };
}

function readsCode(step: Step): boolean {
  return operandOf(step, "load_object_code") !== undefined;
}
