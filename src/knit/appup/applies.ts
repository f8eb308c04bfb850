import { type Term, atom, list, tuple } from "../../term/index.ts";
import type { ApplicationCode, ModuleCode } from "../code/index.ts";
import { type ApplyCall, invalidAttribute } from "./attributes.ts";
import { applyInstruction } from "./instructions.ts";
import type { ModuleChange } from "./module-changes.ts";
import { exportsOf } from "./module-kind.ts";
import type { AppupStep } from "./step.ts";

/** A call and the module whose attribute asks for it. */
export interface PlacedCall {
  readonly call: ApplyCall;
  readonly owner: ModuleChange;
}

/** The modules of the application that are loaded at some moment of the upgrade, by name. */
export type AppliedState = Map<string, ModuleCode>;

/** The calls of one direction by their phase, each list in the order in which they are made. */
export interface PhasedCalls {
  readonly first: readonly PlacedCall[];
  readonly last: readonly PlacedCall[];
  readonly immediateOf: (module: string) => readonly PlacedCall[];
}

/** Sorts the calls that modules ask for: by priority, lower ones first, then in the order of the modules. */
export function callsOf(order: readonly ModuleChange[], direction: "apply" | "applyDown"): PhasedCalls {
  const all = order.flatMap((owner) => owner.attributes[direction].map((call): PlacedCall => ({ call, owner })));
  const sorted = all.toSorted((a, b) => a.call.priority - b.call.priority);
  const inPhase = (phase: ApplyCall["phase"]): PlacedCall[] => sorted.filter(({ call }) => call.phase === phase);
  const immediate = inPhase("immediate");
  return {
    first: inPhase("first"),
    last: inPhase("last"),
    immediateOf: (module) => immediate.filter(({ owner }) => owner.name === module),
  };
}

/**
 * The instruction for a call. After the point of no return an undefined function restarts the emulator, so one that is not there at
 * that moment is refused; functions of other applications are taken as they are.
 *
 * @throws EnitError `attribute_invalid`.
 */
export function applyStep(
  { call, owner }: PlacedCall,
  state: AppliedState,
  { from, to }: { readonly from: ApplicationCode; readonly to: ApplicationCode },
): AppupStep {
  const { module, args, phase } = call;
  const isOurs = from.modules.has(module) || to.modules.has(module);
  const loaded = state.get(module);
  const name = `${call.function}/${args.length}`;
  if (isOurs && (loaded === undefined || !exportsOf(loaded).has(name))) {
    const value = callTerm(call);
    throw invalidAttribute(
      owner.module,
      call.attribute,
      value,
      `calls ${module}:${name}, which is not there in the phase ${phase}`,
    );
  }
  return {
    instruction: applyInstruction(module, call.function, args),
    module: owner.name,
    reason: `${call.attribute} of ${owner.name}, phase ${phase}`,
  };
}

function callTerm({ phase, module, function: name, args }: ApplyCall): Term {
  return tuple(atom(phase), tuple(atom(module), atom(name), list(args)));
}
