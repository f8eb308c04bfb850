import { atomName, isTuple, listElements } from "../../term/index.ts";
import { instructionRefused } from "./errors.ts";
import { type Step, operandOf } from "./step.ts";

/**
 * Checks that low-level instructions come in pairs: what is loaded was read before the point of no return, who is
 * suspended is resumed, who is stopped is started, and the other way round.
 *
 * Throws `no_object_code`, `suspended_not_resumed`, `resumed_not_suspended`, `start_not_stop` or `stop_not_start`.
 */
export function checkBalance(before: readonly Step[], after: readonly Step[]): void {
  checkObjectCode(before, after);
  checkPair(after, ["suspend", "resume"], "suspended_not_resumed", "never resumed");
  checkPair(after, ["resume", "suspend"], "resumed_not_suspended", "never suspended");
  checkPair(after, ["start", "stop"], "start_not_stop", "never stopped");
  checkPair(after, ["stop", "start"], "stop_not_start", "never started");
}

function checkObjectCode(before: readonly Step[], after: readonly Step[]): void {
  const read = new Set(
    before.flatMap((step) => {
      const operand = operandOf(step, "load_object_code");
      return isTuple(operand, 3) ? modulesOf(operand.elements[2]) : [];
    }),
  );
  for (const step of after) {
    const operand = operandOf(step, "load");
    const module = isTuple(operand, 3) ? atomName(operand.elements[0]) : undefined;
    if (module !== undefined && !read.has(module)) {
      const state = `there is no load_object_code for "${module}"`;
      throw instructionRefused("no_object_code", step, state, { module });
    }
  }
}

function checkPair(steps: readonly Step[], [one, other]: readonly [string, string], code: string, state: string): void {
  const others = new Set(steps.flatMap((step) => modulesOf(operandOf(step, other))));
  for (const step of steps) {
    const modules = modulesOf(operandOf(step, one)).filter((module) => !others.has(module));
    if (modules.length > 0) {
      throw instructionRefused(code, step, `${modules.join(", ")} is ${state}`, { modules });
    }
  }
}

/** The modules of a list, those with a timeout included. */
function modulesOf(term: Parameters<typeof listElements>[0]): string[] {
  return (listElements(term) ?? []).flatMap((each) => atomName(isTuple(each, 2) ? each.elements[0] : each) ?? []);
}
