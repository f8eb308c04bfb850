import { atom, list, tuple } from "../../term/index.ts";
import type { Term } from "../../term/index.ts";
import type { ReleaseMember } from "../release-members.ts";
import { instructionRefused } from "./errors.ts";
import type { ApplicationInstruction, SingleInstruction } from "./instruction.ts";
import { removeModules } from "./low-level.ts";
import type { Step } from "./step.ts";

/** The applications of the release that is gone to, and of the one that is left. */
export interface UpgradeApplications {
  readonly next: readonly ReleaseMember[];
  readonly previous: readonly ReleaseMember[];
}

/**
 * Translates an instruction for a whole application into those for its modules and calls of `application`.
 *
 * Throws `no_such_application` if the release that should have the application does not, and
 * `removed_application_present` if one is to be removed that the new release has.
 */
export function translateApplication(
  instruction: ApplicationInstruction,
  { next, previous }: UpgradeApplications,
): SingleInstruction[] {
  const { application, step } = instruction;
  const of = (members: readonly ReleaseMember[], which: string): ReleaseMember => {
    const member = members.find(({ name }) => name === application);
    if (member !== undefined) return member;
    const state = `the ${which} release does not have "${application}"`;
    throw instructionRefused("no_such_application", step, state, { application });
  };
  switch (instruction.kind) {
    case "add_application":
      return start(step, of(next, "new"), instruction.type);
    case "remove_application": {
      if (next.some(({ name }) => name === application)) {
        const state = `the new release has "${application}"`;
        throw instructionRefused("removed_application_present", step, state, { application });
      }
      return [...stop(step, of(previous, "old")), call(step, "unload", [atom(application)])];
    }
    case "restart_application": {
      const old = of(previous, "old");
      const member = of(next, "new");
      return [...stop(step, old), ...start(step, member, member.type)];
    }
  }
}

function start(step: Step, { name, spec }: ReleaseMember, type: string): SingleInstruction[] {
  const loads = spec.modules.map((module) => addModule(step, module));
  if (type === "none") return loads;
  return [...loads, type === "load" ? call(step, "load", [atom(name)]) : call(step, "start", [atom(name), atom(type)])];
}

function stop(step: Step, { name, spec }: ReleaseMember): SingleInstruction[] {
  return [call(step, "stop", [atom(name)]), ...removeModules(spec.modules).map((term) => lowLevel(step, term))];
}

function addModule(step: Step, module: string): SingleInstruction {
  const brutally = atom("brutal_purge");
  return { kind: "load", step, module, purges: [brutally, brutally], needs: [] };
}

function call(step: Step, functionName: string, args: readonly Term[]): SingleInstruction {
  const target = tuple(atom("application"), atom(functionName), list(args));
  return lowLevel(step, tuple(atom("apply"), target));
}

function lowLevel(step: Step, term: Term): SingleInstruction {
  return { kind: "low", step: { ...step, term } };
}
