import { atom, list, string, tuple } from "../../term/index.ts";
import type { Term } from "../../term/index.ts";
import type { UpgradeDirection } from "../appup.ts";
import { instructionRefused } from "./errors.ts";
import type { LoadInstruction, ModuleInstruction, Purges, UpdateInstruction } from "./instruction.ts";

/** Low-level instructions: what is read before the point of no return, and what is done after it. */
export interface LowLevel {
  readonly before: readonly Term[];
  readonly after: readonly Term[];
}

/** The application of each module of a release. */
export type ModuleOwners = ReadonlyMap<string, { readonly name: string; readonly vsn: string }>;

const BRUTALLY: Purges = [atom("brutal_purge"), atom("brutal_purge")];

/**
 * Translates instructions for modules that depend on each other, each before those of the modules that it needs.
 *
 * All processes of updated modules are suspended together. On the way up, what is needed is loaded first and processes
 * change their state afterwards; on the way down it is loaded last, and processes change their state before, with the
 * code that knows the new one, unless their module is static. `owners` are those of the release that is
 * gone to. Throws `no_such_module` for a module that none of them has.
 */
export function translateGroup(
  group: readonly ModuleInstruction[],
  direction: UpgradeDirection,
  owners: ModuleOwners,
): LowLevel {
  const updates = group.filter((each) => each.kind === "update");
  const loads = group.filter((each) => each.kind !== "delete");
  const changes = (some: readonly UpdateInstruction[]): Term[] => codeChange(some, direction);
  const code =
    direction === "up"
      ? [...group.toReversed().flatMap(codeInstructions), ...changes(updates)]
      : [
          ...changes(updates.filter(({ isStatic }) => !isStatic)),
          ...group.flatMap(codeInstructions),
          ...changes(updates.filter(({ isStatic }) => isStatic)),
        ];
  return {
    before: loads.map((each) => loadObjectCode(each, owners)),
    after: [...suspend(updates), ...code, ...resume(updates)],
  };
}

/** `{load, {MODULE, BEFORE, AFTER}}` or `{remove, ...}`. */
function codeInstruction(tag: "load" | "remove", module: string, purges: Purges): Term {
  return tuple(atom(tag), tuple(atom(module), ...purges));
}

/** Removes modules, and purges them all at once. */
export function removeModules(modules: readonly string[]): Term[] {
  return [...modules.map((module) => codeInstruction("remove", module, BRUTALLY)), instruction("purge", modules)];
}

function codeInstructions(each: ModuleInstruction): Term[] {
  if (each.kind === "delete") return removeModules([each.module]);
  return [codeInstruction("load", each.module, each.purges)];
}

function loadObjectCode({ module, step }: LoadInstruction | UpdateInstruction, owners: ModuleOwners): Term {
  const owner = owners.get(module);
  if (owner === undefined) {
    const state = `no application of the release has the module "${module}"`;
    throw instructionRefused("no_such_module", step, state, { module });
  }
  const { name, vsn } = owner;
  return tuple(atom("load_object_code"), tuple(atom(name), string(vsn), list([atom(module)])));
}

function suspend(updates: readonly UpdateInstruction[]): Term[] {
  const modules = updates.map(({ module, timeout }) =>
    timeout === undefined ? atom(module) : tuple(atom(module), timeout),
  );
  return modules.length === 0 ? [] : [tuple(atom("suspend"), list(modules))];
}

function resume(updates: readonly UpdateInstruction[]): Term[] {
  const modules = updates.map(({ module }) => module).reverse();
  return modules.length === 0 ? [] : [instruction("resume", modules)];
}

function codeChange(updates: readonly UpdateInstruction[], direction: UpgradeDirection): Term[] {
  const changes = updates.flatMap(({ module, extra }) => (extra === undefined ? [] : [tuple(atom(module), extra)]));
  return changes.length === 0 ? [] : [tuple(atom("code_change"), atom(direction), list(changes))];
}

function instruction(tag: string, modules: readonly string[]): Term {
  return tuple(atom(tag), list(modules.map(atom)));
}
