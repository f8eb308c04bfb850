import { type Term, atomName, isAtom, isTuple, listElements } from "../../term/index.ts";

/** What instructions do to a running system besides loading code. */
export interface Effects {
  /** Modules whose processes are suspended meanwhile. */
  readonly suspended: readonly string[];
  /** Modules whose processes are stopped, and started again by their supervisor. */
  readonly restarted: readonly string[];
  /** Applications that are stopped and started, or, as `+APP` and `-APP`, started for the first time and stopped for good. */
  readonly applications: readonly string[];
  /** Whether the emulator is started anew. */
  readonly emulator: boolean;
}

/** Tells from the instructions of an appup, or a relup, what they do. What is no instruction is passed over. */
export function effectsOf(instructions: readonly Term[]): Effects {
  const effects = { suspended: new Set<string>(), restarted: new Set<string>(), applications: new Set<string>() };
  let emulator = false;
  for (const instruction of instructions.flatMap((each) => listElements(each) ?? [each])) {
    if (isAtom(instruction, "restart_new_emulator") || isAtom(instruction, "restart_emulator")) emulator = true;
    const [tag, operand] = isTuple(instruction) ? instruction.elements : [];
    const name = atomName(operand);
    const add = (names: Set<string>, sign = ""): void => void (name === undefined || names.add(`${sign}${name}`));
    switch (atomName(tag)) {
      case "update":
        add(effects.suspended);
        break;
      case "suspend":
        for (const module of modulesOf(operand)) effects.suspended.add(module);
        break;
      case "stop":
        for (const module of modulesOf(operand)) effects.restarted.add(module);
        break;
      case "restart_application":
        add(effects.applications);
        break;
      case "add_application":
        add(effects.applications, "+");
        break;
      case "remove_application":
        add(effects.applications, "-");
        break;
      default:
        break;
    }
  }
  return {
    suspended: [...effects.suspended],
    restarted: [...effects.restarted],
    applications: [...effects.applications],
    emulator,
  };
}

function modulesOf(operand: Term | undefined): string[] {
  return (listElements(operand) ?? []).flatMap((each) => atomName(isTuple(each, 2) ? each.elements[0] : each) ?? []);
}
