import { atom, isAtom } from "../../term/index.ts";
import type { Term } from "../../term/index.ts";
import type { UpgradeDirection } from "../appup.ts";
import { translateApplication } from "./application-steps.ts";
import type { UpgradeApplications } from "./application-steps.ts";
import { checkBalance } from "./balance.ts";
import { groupByDependency } from "./dependencies.ts";
import { expandScript } from "./expand.ts";
import type { Instruction, ModuleInstruction, SingleInstruction } from "./instruction.ts";
import { type LowLevel, translateGroup } from "./low-level.ts";
import { mergeObjectCode } from "./object-code.ts";
import { parseInstruction } from "./parse.ts";
import { splitScript } from "./split.ts";
import type { UpgradeScript } from "./step.ts";

/**
 * Translates the scripts of all applications that change into the one script of low-level instructions for
 * `release_handler`, as `systools_rc:translate_scripts` does.
 *
 * Throws the code that systools has for what it refuses, with the instruction and its place.
 */
export function translateScripts(
  direction: UpgradeDirection,
  scripts: readonly UpgradeScript[],
  applications: UpgradeApplications,
): Term[] {
  const parts = scripts.map((script) => splitScript(expandScript(script)));
  const before = parts.flatMap((part) => part.before);
  const after = parts.flatMap((part) => part.after);
  before.forEach(parseInstruction);
  const instructions = after.map(parseInstruction);
  checkBalance(before, after);

  const inModules = instructions.flatMap((each) => toModuleInstructions(each, applications));
  const low = translateModules(inModules, direction, applications);
  const read = mergeObjectCode([...before.map(({ term }) => term), ...low.before]);
  return placeRestarts(direction, { before: read, after: low.after });
}

function toModuleInstructions(instruction: Instruction, applications: UpgradeApplications): SingleInstruction[] {
  return "application" in instruction ? translateApplication(instruction, applications) : [instruction];
}

/** Each group of dependent instructions comes where the first of them stands. */
function translateModules(
  instructions: readonly SingleInstruction[],
  direction: UpgradeDirection,
  { next }: UpgradeApplications,
): LowLevel {
  const owners = new Map(next.flatMap(({ spec }) => spec.modules.map((module) => [module, spec] as const)));
  const groups = groupByDependency(instructions.filter((each) => each.kind !== "low"));
  const done = new Set<readonly ModuleInstruction[]>();
  const parts = instructions.map((each): LowLevel => {
    if (each.kind === "low") return { before: [], after: [each.step.term] };
    const group = groups.get(each.module);
    if (group === undefined || done.has(group)) return { before: [], after: [] };
    done.add(group);
    return translateGroup(group, direction, owners);
  });
  return { before: parts.flatMap((part) => part.before), after: parts.flatMap((part) => part.after) };
}

/**
 * Moves restarts of the emulator: a new one is started before all else on the way up and after all else on the way
 * down; any other restart comes last. Either happens once.
 */
function placeRestarts(direction: UpgradeDirection, { before, after }: LowLevel): Term[] {
  const has = (word: string): boolean => after.some((term) => isAtom(term, word));
  const isNew = has("restart_new_emulator");
  const first = isNew && direction === "up" ? [atom("restart_new_emulator")] : [];
  const last = has("restart_emulator") || (isNew && direction === "down") ? [atom("restart_emulator")] : [];
  const rest = after.filter((term) => !isAtom(term, "restart_new_emulator") && !isAtom(term, "restart_emulator"));
  return [...first, ...before, atom("point_of_no_return"), ...rest, ...last];
}
