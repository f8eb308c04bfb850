/** The high-level instructions of appup(4) that are made here, in their shortest forms. */
import { type Term, atom, isAtom, list, printTerm, tuple } from "../../term/index.ts";
import { BRUTAL_PURGE, DEFAULT_TIMEOUT, type UpgradeAttributes } from "./attributes.ts";

/** How a changed module is brought in. */
export type Treatment = "supervisor" | "advanced" | "soft" | "load";

/** What an instruction for a module says besides. */
export type InstructionOptions = Pick<UpgradeAttributes, "extra" | "timeout" | "purge" | "depends">;

/** The instruction for a module that both versions have. */
export function changeInstruction(module: string, treatment: Treatment, options: InstructionOptions): Term {
  const { timeout, purge, depends, extra = list([]) } = options;
  const needs = list(depends.map(atom));
  const isPlain = purge.every((each) => each.name === BRUTAL_PURGE.name);
  if (treatment === "load") {
    if (!isPlain) return tuple(atom("load_module"), atom(module), ...purge, needs);
    return tuple(atom("load_module"), atom(module), ...(depends.length === 0 ? [] : [needs]));
  }
  const change = treatment === "soft" ? atom("soft") : tuple(atom("advanced"), extra);
  const isShort = isPlain && isAtom(timeout, DEFAULT_TIMEOUT.name);
  if (treatment === "supervisor") {
    if (isShort && depends.length === 0) return tuple(atom("update"), atom(module), atom("supervisor"));
    return tuple(atom("update"), atom(module), atom("static"), timeout, change, ...purge, needs);
  }
  if (isShort) return tuple(atom("update"), atom(module), change, ...(depends.length === 0 ? [] : [needs]));
  return isAtom(timeout, DEFAULT_TIMEOUT.name)
    ? tuple(atom("update"), atom(module), change, ...purge, needs)
    : tuple(atom("update"), atom(module), timeout, change, ...purge, needs);
}

/** The instruction for a module that only the version that is gone to has. */
export function addInstruction(module: string, depends: readonly string[] = []): Term {
  return tuple(atom("add_module"), atom(module), ...(depends.length === 0 ? [] : [list(depends.map(atom))]));
}

/** The instruction for a module that only the version that is left has. */
export function deleteInstruction(module: string): Term {
  return tuple(atom("delete_module"), atom(module));
}

/** The instruction that calls a function. */
export function applyInstruction(module: string, name: string, args: readonly Term[]): Term {
  return tuple(atom("apply"), tuple(atom(module), atom(name), list(args)));
}

/** As `applyInstruction`, for a call that may exit, which would restart the emulator: it is made in a process of its own, and waited for. */
export function guardedInstruction(module: string, name: string, args: readonly Term[]): Term {
  return applyInstruction("proc_lib", "start", [atom(module), atom(name), list(args)]);
}

/** An instruction as people write it, on one line. */
export function instructionText(instruction: Term): string {
  return printTerm(instruction, { format: "tp", width: 0, printableRange: "unicode" });
}
