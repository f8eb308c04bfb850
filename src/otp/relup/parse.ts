import { START_TYPES } from "../rel.ts";
import { type Term, atom, atomName, isAtom, isTuple } from "../../term/index.ts";
import { instructionRefused } from "./errors.ts";
import { OperandReader } from "./operands.ts";
import type { Instruction } from "./instruction.ts";
import type { Step } from "./step.ts";

const WORDS = new Set(["point_of_no_return", "restart", "reboot", "restart_new_emulator", "restart_emulator"]);
const BRUTAL_PURGE = atom("brutal_purge");
const DEFAULT = atom("default");
const DYNAMIC = atom("dynamic");

/**
 * Checks an instruction, its short forms expanded, and reads it.
 *
 * Throws `bad_instruction`, `not_yet_implemented`, or `bad_...` with the operand that is wrong, as systools does.
 */
export function parseInstruction(step: Step): Instruction {
  const { term } = step;
  const word = atomName(term);
  if (word === "mnesia_backup") throw instructionRefused("not_yet_implemented", step, "no OTP can do it");
  if (word !== undefined && WORDS.has(word)) return { kind: "low", step };
  const [tag, ...operands] = term.kind === "tuple" ? term.elements : [];
  const name = atomName(tag);
  if (name !== undefined) {
    const read = new OperandReader(step);
    const parsed =
      parseModuleInstruction(step, name, operands, read) ?? parseApplicationInstruction(step, name, operands, read);
    if (parsed !== undefined) return parsed;
    if (checkLowLevel(name, operands, read)) return { kind: "low", step };
  }
  throw instructionRefused("bad_instruction", step, "there is no such instruction");
}

function parseModuleInstruction(
  step: Step,
  name: string,
  operands: readonly Term[],
  read: OperandReader,
): Instruction | undefined {
  switch (`${name}/${operands.length}`) {
    case "update/5":
      return parseUpdate(step, [...operands.slice(0, 1), DYNAMIC, DEFAULT, ...operands.slice(1)], read);
    case "update/6":
      return parseUpdate(step, [...operands.slice(0, 1), DYNAMIC, ...operands.slice(1)], read);
    case "update/7":
      return parseUpdate(step, operands, read);
    case "load_module/4": {
      const [module, before, after, needs] = operands;
      return {
        kind: "load",
        step,
        module: read.module(module),
        purges: [read.purge(before), read.purge(after)],
        needs: read.modules(needs),
      };
    }
    case "add_module/1":
    case "add_module/2": {
      const module = read.module(operands[0]);
      return { kind: "load", step, module, purges: [BRUTAL_PURGE, BRUTAL_PURGE], needs: needsOf(operands, read) };
    }
    case "delete_module/1":
    case "delete_module/2":
      return { kind: "delete", step, module: read.module(operands[0]), needs: needsOf(operands, read) };
    default:
      return undefined;
  }
}

function needsOf([, needs]: readonly Term[], read: OperandReader): readonly string[] {
  return needs === undefined ? [] : read.modules(needs);
}

function parseUpdate(step: Step, operands: readonly Term[], read: OperandReader): Instruction {
  const [module, type, timeout, change, before, after, needs] = operands;
  return {
    kind: "update",
    step,
    module: read.module(module),
    isStatic: read.isStatic(type),
    timeout: isAtom(timeout, "default") ? undefined : read.timeout(timeout),
    extra: read.change(change),
    purges: [read.purge(before), read.purge(after)],
    needs: read.modules(needs),
  };
}

function parseApplicationInstruction(
  step: Step,
  name: string,
  operands: readonly Term[],
  read: OperandReader,
): Instruction | undefined {
  switch (`${name}/${operands.length}`) {
    case "add_application/2":
      return {
        kind: "add_application",
        step,
        application: read.atom(operands[0], "bad_application", "an application"),
        type: read.word(operands[1], START_TYPES, "bad_start_type"),
      };
    case "remove_application/1":
    case "restart_application/1":
      return {
        kind: name === "remove_application" ? "remove_application" : "restart_application",
        step,
        application: read.atom(operands[0], "bad_application", "an application"),
      };
    default:
      return undefined;
  }
}

/** Checks the operands of a low-level instruction; false if there is none of this name and size. */
function checkLowLevel(name: string, operands: readonly Term[], read: OperandReader): boolean {
  const [first, second] = operands;
  switch (`${name}/${operands.length}`) {
    case "load_object_code/1": {
      const [library, vsn, modules] = isTuple(first, 3) ? first.elements : [];
      if (library === undefined) return false;
      read.atom(library, "bad_lib", "an application");
      if (vsn?.kind !== "list") throw read.refuse("bad_lib_vsn", vsn, "a version, which is a string");
      read.modules(modules);
      return true;
    }
    case "load/1":
    case "remove/1": {
      const [module, before, after] = isTuple(first, 3) ? first.elements : [];
      if (module === undefined) return false;
      read.module(module);
      read.purge(before);
      read.purge(after);
      return true;
    }
    case "purge/1":
    case "resume/1":
    case "stop/1":
    case "start/1":
      read.modules(first);
      return true;
    case "suspend/1":
      for (const each of read.list(first)) {
        const [module, timeout] = isTuple(each, 2) ? each.elements : [each];
        read.module(module);
        if (timeout !== undefined) read.timeout(timeout);
      }
      return true;
    case "code_change/1":
      read.codeChanges(first);
      return true;
    case "code_change/2": {
      // The list is looked at before the direction.
      read.list(second);
      read.word(first, ["up", "down"], "bad_mode");
      read.codeChanges(second);
      return true;
    }
    case "sync_nodes/2":
      if (isTuple(second, 3)) read.call(second);
      else for (const node of read.list(second)) read.atom(node, "bad_node", "a node");
      return true;
    case "apply/1":
      if (!isTuple(first, 3)) return false;
      read.call(first);
      return true;
    default:
      return false;
  }
}
