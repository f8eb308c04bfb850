import { type Term, atom } from "../../term/index.ts";
import type { ApplicationCode } from "../code/index.ts";
import { type AppliedState, type PlacedCall, applyStep, callsOf } from "./applies.ts";
import { DEFAULT_TIMEOUT } from "./attributes.ts";
import type { Behaviours } from "./behaviours.ts";
import { addInstruction, changeInstruction, deleteInstruction } from "./instructions.ts";
import { type ModuleChange, type PairChanges, findModuleChanges, onlyListed } from "./module-changes.ts";
import { orderChanges, orderRemoved } from "./module-order.ts";
import type { AppupStep } from "./step.ts";
import type { AppupWarning } from "./warning.ts";

/** Two versions of an application. */
export interface AppupRequest {
  readonly from: ApplicationCode;
  readonly to: ApplicationCode;
  readonly behaviours: Behaviours;
}

/** How one version of an application becomes another one in a running system, and back. */
export interface MadeAppup {
  readonly up: readonly Term[];
  readonly down: readonly Term[];
  /** Why each instruction is there, in the order of the instructions. */
  readonly explanations: { readonly up: readonly AppupStep[]; readonly down: readonly AppupStep[] };
  readonly warnings: readonly AppupWarning[];
}

/** The applications that a running emulator cannot change. */
const CORE = new Set(["kernel", "stdlib", "sasl"]);

/**
 * Makes the instructions of appup(4) for one pair of versions of an application, from its BEAM files alone.
 *
 * Modules are told apart as `compareModules` does. New ones are added, changed ones loaded or updated (see `ModuleKind`), gone ones
 * deleted, each after the modules that it calls, and on the way down before them; the attributes `knit_*` of the newer version
 * change that. The same input gives the same instructions.
 *
 * @throws EnitError `attribute_invalid` (data: `module`, `attribute`, `value`), or `beam_malformed`.
 */
export function makeAppup(request: AppupRequest): MadeAppup {
  const warnings: AppupWarning[] = [];
  const warn = (warning: AppupWarning): void => void warnings.push(warning);
  const steps = CORE.has(request.to.name) ? restartSteps(request) : moduleSteps(request, warn);
  return {
    up: steps.up.map(({ instruction }) => instruction),
    down: steps.down.map(({ instruction }) => instruction),
    explanations: steps,
    warnings,
  };
}

type Steps = MadeAppup["explanations"];

function restartSteps({ to }: AppupRequest): Steps {
  const reason = `${to.name} cannot be changed in a running emulator`;
  const step = { instruction: atom("restart_new_emulator"), module: undefined, reason };
  return { up: [step], down: [step] };
}

function moduleSteps(request: AppupRequest, warn: (warning: AppupWarning) => void): Steps {
  const from = onlyListed(request.from, warn);
  const to = onlyListed(request.to, warn);
  const found = withKnownDepends(findModuleChanges({ from, to, behaviours: request.behaviours }, warn), warn);
  const order = orderChanges(found.changes);
  const removed = orderRemoved(found.removed);
  return { up: stepsUp({ from, to, found, order, removed }), down: stepsDown({ from, to, found, order, removed }) };
}

interface Plan {
  readonly from: ApplicationCode;
  readonly to: ApplicationCode;
  readonly found: PairChanges;
  /** New and changed modules, those that are called first. */
  readonly order: readonly ModuleChange[];
  /** Modules that are gone, those that are called first. */
  readonly removed: readonly string[];
}

function stepsUp({ from, to, found, order, removed }: Plan): AppupStep[] {
  const state: AppliedState = new Map(from.modules);
  const calls = callsOf(order, "apply");
  const call = (each: PlacedCall): AppupStep => applyStep(each, state, { from, to });
  const bringIn = (change: ModuleChange): AppupStep[] => {
    state.set(change.name, change.module);
    const step = change.isNew ? addStep(change, to.version) : changeStep(change);
    return [step].concat(calls.immediateOf(change.name).map(call));
  };

  // What is called first must be there, and what it calls.
  const early = neededByCalls(calls.first, found, order);
  const late = order.filter((change) => !early.includes(change));
  return [
    ...early.flatMap(bringIn),
    ...calls.first.map(call),
    ...late.flatMap(bringIn),
    ...calls.last.map(call),
    ...removed.toReversed().map((name) => deleteStep(name, to.version)),
  ];
}

function stepsDown({ from, to, found, order, removed }: Plan): AppupStep[] {
  const state: AppliedState = new Map(to.modules);
  const calls = callsOf(order, "applyDown");
  const call = (each: PlacedCall): AppupStep => applyStep(each, state, { from, to });
  const backwards = order.toReversed();
  const takeBack = (change: ModuleChange): AppupStep[] => {
    const before = from.modules.get(change.name);
    const step = before === undefined ? [] : [changeStep({ ...change, attributes: onlyChangedDepends(change, found) })];
    const immediate = calls.immediateOf(change.name).map(call);
    if (before !== undefined) state.set(change.name, before);
    return [...immediate, ...step];
  };
  const added = removed.map((name): AppupStep => {
    const module = found.removed.get(name);
    if (module !== undefined) state.set(name, module);
    return { instruction: addInstruction(name), module: name, reason: `not in ${to.version}, but in ${from.version}` };
  });
  return [
    ...added,
    ...calls.first.map(call),
    ...backwards.flatMap(takeBack),
    ...calls.last.map(call),
    ...backwards.filter(({ isNew }) => isNew).map(({ name }) => deleteStep(name, from.version)),
  ];
}

/** The new modules that calls of the phase `first` go to, with those that these call. */
function neededByCalls(
  calls: readonly PlacedCall[],
  found: PairChanges,
  order: readonly ModuleChange[],
): ModuleChange[] {
  const isNew = (name: string): boolean => found.changes.get(name)?.isNew === true;
  const needed = new Set(calls.map(({ call }) => call.module).filter(isNew));
  for (const name of needed) for (const used of found.changes.get(name)?.uses ?? []) if (isNew(used)) needed.add(used);
  return order.filter(({ name }) => needed.has(name));
}

/** On the way down, new modules are deleted at the end: nothing can depend on that. */
function onlyChangedDepends({ attributes }: ModuleChange, { changes }: PairChanges): ModuleChange["attributes"] {
  return { ...attributes, depends: attributes.depends.filter((name) => changes.get(name)?.isNew === false) };
}

function addStep({ name, attributes, kind }: ModuleChange, version: string): AppupStep {
  const reason = `new in ${version} (${kind.description})`;
  return { instruction: addInstruction(name, attributes.depends), module: name, reason };
}

function deleteStep(name: string, version: string): AppupStep {
  return { instruction: deleteInstruction(name), module: name, reason: `not in ${version}` };
}

const TREATMENTS: Readonly<Record<ModuleChange["treatment"], string>> = {
  supervisor: "its init/1 runs again",
  advanced: "its processes convert their state",
  soft: "its processes wait until it is loaded",
  load: "it is loaded",
};

function changeStep({ name, attributes, treatment, kind }: ModuleChange): AppupStep {
  const { priority, depends, timeout } = attributes;
  const more = [
    ...(priority === 0 ? [] : [`priority ${priority}`]),
    ...(depends.length === 0 ? [] : [`together with ${depends.join(", ")}`]),
    ...(timeout === DEFAULT_TIMEOUT ? [] : ["its own timeout"]),
  ];
  const reason = [`changed (${kind.description}): ${TREATMENTS[treatment]}`, ...more].join("; ");
  return { instruction: changeInstruction(name, treatment, attributes), module: name, reason };
}

/** Leaves out dependencies on modules that no instruction is for, which systools refuses. */
function withKnownDepends({ changes, removed }: PairChanges, warn: (warning: AppupWarning) => void): PairChanges {
  const known = [...changes].map(([name, change]): [string, ModuleChange] => {
    const { attributes } = change;
    const depends = [...new Set(attributes.depends)].filter((needed) => {
      if (needed !== name && changes.has(needed)) return true;
      const message = `${name} depends on ${needed} (attribute knit_depends), which is neither new nor changed in this application`;
      warn({ code: "depends_ignored", module: name, message });
      return false;
    });
    return [name, { ...change, attributes: { ...attributes, depends } }];
  });
  return { changes: new Map(known), removed };
}
