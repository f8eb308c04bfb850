import { type AppliedState, type PlacedCall, applyStep, callsOf } from "./applies.ts";
import type { ModuleChange } from "./module-changes.ts";
import { bringBackStep, changeStep, deleteStep } from "./module-steps.ts";
import { placeChildren } from "./place-children.ts";
import type { WayPlan } from "./plan.ts";
import type { AppupStep } from "./step.ts";

/** The instructions from the newer version back to the older one. */
export function stepsDown(plan: WayPlan): AppupStep[] {
  const { from, to, order, changes, removed } = plan;
  const state: AppliedState = new Map([...to.modules, ...removed]);
  const calls = callsOf(order, "applyDown");
  const call = (each: PlacedCall): AppupStep => applyStep(each, state, { from, to });
  const children = placeChildren(plan.children.down);
  const takeBack = (change: ModuleChange): AppupStep[] => {
    const immediate = calls.immediateOf(change.name).map(call);
    const before = from.modules.get(change.name);
    if (before === undefined) return immediate;
    state.set(change.name, before);
    const attributes = onlyChangedDepends(change, changes);
    return [
      ...immediate,
      changeStep({ ...change, attributes }, plan.children.down.get(change.name)?.kept),
      ...children.after(change.name),
    ];
  };
  return [
    ...plan.removedOrder.map((name) => bringBackStep(name, from.version, to.version)),
    ...calls.first.map(call),
    ...children.first,
    ...order.flatMap(takeBack),
    ...children.last,
    ...calls.last.map(call),
    ...order.filter(({ isNew }) => isNew).map(({ name }) => deleteStep(name, from.version)),
  ];
}

/** New modules are deleted at the end: nothing can depend on that. */
function onlyChangedDepends({ attributes }: ModuleChange, changes: WayPlan["changes"]): ModuleChange["attributes"] {
  return { ...attributes, depends: attributes.depends.filter((name) => changes.get(name)?.isNew === false) };
}
