/** Outside: effects beyond code and state, which have no way back of their own. */
import type { Term } from "../../term/index.ts";
import type { Finding, UpgradeFacts } from "./facts.ts";
import { type Call, readSteps } from "./steps.ts";

/** Calls that change nothing that would have to be undone. */
const HARMLESS = new Set(["io", "logger", "error_logger", "lager", "code", "sys", "timer"]);

/** Those of `application` and `supervisor` have opposites in the instructions that systools makes, or are warned of apart. */
const BALANCED = new Set(["application"]);

/** Calls on the way up that nothing on the way down undoes. */
export function checkOutside(facts: UpgradeFacts): Finding[] {
  const { up, down } = facts.relup;
  if (up === undefined || down === undefined) return [];
  const back = new Set(callsOf(down).map(({ module }) => module));
  return callsOf(up).flatMap((call): Finding[] => {
    if (HARMLESS.has(call.module) || BALANCED.has(call.module) || back.has(call.module)) return [];
    const message = `the way up calls ${call.module}:${call.function}/${call.args.length}, and the way down calls nothing of ${call.module} that would undo it`;
    return [{ code: "apply-one-way", application: ownerOf(facts, call.module), module: call.module, message }];
  });
}

function callsOf(instructions: readonly Term[]): Call[] {
  return readSteps(instructions).flatMap((step) => (step.kind === "apply" ? [step.call] : []));
}

function ownerOf({ applications }: UpgradeFacts, module: string): string | undefined {
  return applications.find(({ from, to }) => to?.modules.has(module) === true || from?.modules.has(module) === true)
    ?.name;
}
