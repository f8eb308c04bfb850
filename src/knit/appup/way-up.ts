import { type AppliedState, type PlacedCall, applyStep, callsOf } from "./applies.ts";
import { placeChildren } from "./place-children.ts";
import type { ModuleChange } from "./module-changes.ts";
import { addStep, changeStep, deleteStep } from "./module-steps.ts";
import type { WayPlan } from "./plan.ts";
import type { AppupStep } from "./step.ts";

/** The instructions from the older version to the newer one. */
export function stepsUp(plan: WayPlan): AppupStep[] {
  const { from, to, order } = plan;
  const state: AppliedState = new Map(from.modules);
  const calls = callsOf(order, "apply");
  const call = (each: PlacedCall): AppupStep => applyStep(each, state, { from, to });
  const children = placeChildren(plan.children.up);
  const bringIn = (change: ModuleChange): AppupStep[] => {
    state.set(change.name, change.module);
    const step = change.isNew
      ? addStep(change, to.version)
      : changeStep(change, plan.children.up.get(change.name)?.kept);
    return [step, ...children.after(change.name)].concat(calls.immediateOf(change.name).map(call));
  };

  // What is called first must be there, and what it calls.
  const early = neededByCalls(calls.first, plan);
  const late = order.filter((change) => !early.includes(change));
  return [
    ...early.flatMap(bringIn),
    ...calls.first.map(call),
    ...children.first,
    ...late.flatMap(bringIn),
    ...children.last,
    ...calls.last.map(call),
    ...plan.removedOrder.toReversed().map((name) => deleteStep(name, to.version)),
  ];
}

/** The new modules that calls of the phase `first` go to, with those that these call. */
function neededByCalls(calls: readonly PlacedCall[], { changes, order }: WayPlan): ModuleChange[] {
  const isNew = (name: string): boolean => changes.get(name)?.isNew === true;
  const needed = new Set(calls.map(({ call }) => call.module).filter(isNew));
  for (const name of needed) for (const used of changes.get(name)?.uses ?? []) if (isNew(used)) needed.add(used);
  return order.filter(({ name }) => needed.has(name));
}
