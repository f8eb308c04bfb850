import { type Term, printTerm } from "../../term/index.ts";
import {
  type ChildDifference,
  type SupervisorVersions,
  diffChildren,
  isNothing,
  pairSupervisors,
} from "./child-differences.ts";
import type { ChildStart, KnownChild } from "./children.ts";
import { applyInstruction, guardedInstruction } from "./instructions.ts";
import type { ModuleChange } from "./module-changes.ts";
import type { AppupStep } from "./step.ts";
import type { Supervisors } from "./supervisors.ts";
import type { AppupWarning } from "./warning.ts";

/** What becomes of the children of a changed supervisor, in one direction. */
export interface ChildSteps {
  /** Ends children that are gone, each with the module that it was started by. */
  readonly stop: readonly { readonly module: string | undefined; readonly steps: readonly AppupStep[] }[];
  /** Starts children that are new, and anew those that another module starts now. */
  readonly start: readonly AppupStep[];
  /** The modules of the children that are started. */
  readonly started: ReadonlySet<string>;
  /** The ids of children that go on running though they would be started otherwise now. */
  readonly kept: readonly string[];
}

/** The children that come and go, by the module of their supervisor. */
export interface ChildChanges {
  readonly up: ReadonlyMap<string, ChildSteps>;
  readonly down: ReadonlyMap<string, ChildSteps>;
  /** The modules that new supervisors start. */
  readonly underNew: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * Finds the children of changed supervisors that come and go.
 *
 * The code change of a supervisor takes over the new specifications, but starts nothing, and keeps children that are gone. So these
 * instructions are for what is left to do. What a supervisor answers does not matter to an upgrade (`restart_child` of one that
 * runs, `terminate_child` of one that is not there), so that children which are there only under some condition do no harm.
 */
export function findChildChanges(
  changes: ReadonlyMap<string, ModuleChange>,
  { before, after }: SupervisorVersions,
  warn: (warning: AppupWarning) => void,
): ChildChanges {
  const up = new Map<string, ChildSteps>();
  const down = new Map<string, ChildSteps>();
  const underNew = new Map<string, ReadonlySet<string>>();
  for (const { name: module, kind, treatment, isNew } of changes.values()) {
    if (kind.family !== "supervisor") continue;
    const young = after.instancesOf(module);
    if (isNew) underNew.set(module, modulesOf(young.flatMap(({ children }) => children.children.values().toArray())));
    if (isNew || treatment !== "supervisor") continue;
    const pairs = pairSupervisors(module, { before, after });
    const [open] = pairs.flatMap(([a, b]) => (a.children.isOpen ? before : b.children.isOpen ? after : []));
    if (open !== undefined) warn(childrenUnknown(module, open));
    const ups = pairs.map(([a, b]) => diffChildren(a, b));
    const downs = pairs.map(([a, b]) => diffChildren(b, a));
    if (ups.some(({ names }) => names.length === 0) && ![...ups, ...downs].every(isNothing)) {
      warn(supervisorUnnamed(module, [...ups, ...downs]));
    }
    for (const child of ups.flatMap(({ fresh, replaced }) => [...fresh, ...replaced])) {
      if (child.call !== undefined && after.isUndefined(child.call))
        warn(startUndefined(module, child.call, child, after));
    }
    up.set(module, makeSteps(module, ups, after.version));
    down.set(module, makeSteps(module, downs, before.version));
  }
  return { up, down, underNew };
}

function makeSteps(module: string, differences: readonly ChildDifference[], version: string): ChildSteps {
  const stop: ChildSteps["stop"][number][] = [];
  const start: AppupStep[] = [];
  for (const { names, fresh, gone, replaced, unsure, isCertain } of differences) {
    const make = isCertain ? applyInstruction : guardedInstruction;
    const call = (name: string, child: KnownChild, reason: string): AppupStep[] =>
      names.map((supervisor) => ({
        instruction: make("supervisor", name, [supervisor, child.id]),
        module,
        reason: `${reason}${isCertain ? "" : ` (if ${shown(supervisor)} runs)`}`,
      }));
    for (const child of gone) {
      const steps = call("terminate_child", child, `${shown(child.id)} is no child any more in ${version}`);
      // A temporary child is forgotten when it ends.
      if (!child.isTemporary)
        steps.push(...call("delete_child", child, `the supervisor would keep ${shown(child.id)}`));
      stop.push({ module: child.module, steps });
    }
    for (const child of replaced) {
      const by = `${String(child.module)} starts ${shown(child.id)} in ${version}`;
      start.push(...call("terminate_child", child, `${by}, what runs was started by another module`));
      start.push(...call("restart_child", child, by));
    }
    for (const child of fresh) {
      const what = `${shown(child.id)} ${unsure.has(child) ? "may be" : "is"} a new child in ${version}`;
      const condition = child.isCertain ? "" : ", under some condition";
      start.push(...call("restart_child", child, `${what}${condition}, which is not started by itself`));
    }
  }
  const started = differences.flatMap(({ fresh, replaced }) => [...fresh, ...replaced]);
  const kept = differences.flatMap((difference) => difference.kept.map(({ id }) => shown(id)));
  return { stop, start, started: modulesOf(started), kept };
}

function modulesOf(children: readonly KnownChild[]): ReadonlySet<string> {
  return new Set(
    children.flatMap(({ module, modules }) => [
      ...(module === undefined ? [] : [module]),
      ...(modules === undefined || modules === "dynamic" ? [] : modules),
    ]),
  );
}

function childrenUnknown(module: string, { version }: Supervisors): AppupWarning {
  const message = `${module}: the children that its init/1 gives in ${version} cannot be told from the code, so some that are new or gone may not be started or ended`;
  return { code: "children_unknown", module, message };
}

function startUndefined(module: string, start: ChildStart, { id }: KnownChild, { version }: Supervisors): AppupWarning {
  const name = `${start.module}:${start.function}/${start.args.length}`;
  const message = `${module}: its child ${shown(id)} cannot be started in ${version}, since ${name} is not exported`;
  return { code: "start_undefined", module, message };
}

function supervisorUnnamed(module: string, differences: readonly ChildDifference[]): AppupWarning {
  const children = differences.flatMap(({ names, fresh, gone, replaced }) =>
    names.length === 0 ? [...fresh, ...gone, ...replaced] : [],
  );
  const ids = [...new Set(children.map(({ id }) => shown(id)))].join(", ");
  const message = `${module} is not started under a name that can be told from the code, so its children ${ids} are neither started nor ended by the upgrade`;
  return { code: "supervisor_unnamed", module, message };
}

function shown(term: Term): string {
  return printTerm(term, { format: "tw" });
}
