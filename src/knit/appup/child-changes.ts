import { type Term, equalTerms, printTerm } from "../../term/index.ts";
import type { ChildStart, KnownChild } from "./children.ts";
import { applyInstruction, guardedInstruction } from "./instructions.ts";
import type { ModuleChange } from "./module-changes.ts";
import type { AppupStep } from "./step.ts";
import type { SupervisorInstance, Supervisors } from "./supervisors.ts";
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
  { before, after }: { readonly before: Supervisors; readonly after: Supervisors },
  warn: (warning: AppupWarning) => void,
): ChildChanges {
  const up = new Map<string, ChildSteps>();
  const down = new Map<string, ChildSteps>();
  const underNew = new Map<string, ReadonlySet<string>>();
  for (const { name: module, kind, treatment, isNew } of changes.values()) {
    if (kind.family !== "supervisor") continue;
    const young = after.instancesOf(module);
    if (isNew) underNew.set(module, modulesOf(young.flatMap(({ children }) => [...children.children.values()])));
    if (isNew || treatment !== "supervisor") continue;
    const pairs = pairInstances(before.instancesOf(module), young);
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

/** Whether a supervisor is told something else by its `init/1`, as far as it can be told. */
export function isToldOtherwise(
  module: string,
  { before, after }: { readonly before: Supervisors; readonly after: Supervisors },
): boolean {
  const pairs = pairInstances(before.instancesOf(module), after.instancesOf(module));
  return pairs.some(([a, b]) => {
    const [up, down] = [diffChildren(a, b), diffChildren(b, a)];
    return !isNothing(up) || !isNothing(down) || up.kept.length > 0;
  });
}

/**
 * The same supervisors in both versions: those of one name, or, where a module has a single one, that. One that only one version has
 * comes or goes with its parent.
 */
function pairInstances(
  before: readonly SupervisorInstance[],
  after: readonly SupervisorInstance[],
): (readonly [SupervisorInstance, SupervisorInstance])[] {
  const [only, another] = before;
  const [onlyAfter, anotherAfter] = after;
  if (only !== undefined && onlyAfter !== undefined && another === undefined && anotherAfter === undefined) {
    return [[only, onlyAfter]];
  }
  return before.flatMap((instance) => {
    const same = after.find(
      ({ name }) => name !== undefined && instance.name !== undefined && equalTerms(name, instance.name),
    );
    return same === undefined ? [] : [[instance, same] as const];
  });
}

/** What runs has the name of one of both versions. */
function namesOf(before: SupervisorInstance, after: SupervisorInstance): readonly Term[] {
  const names = [before.name, after.name].flatMap((name) => name ?? []);
  return [...new Map(names.map((name) => [shown(name), name])).values()];
}

/** What a supervisor has to do about its children after its specifications have changed. */
interface ChildDifference {
  readonly fresh: readonly KnownChild[];
  readonly gone: readonly KnownChild[];
  /** With the same id, but started by another module: what runs is not what is specified. */
  readonly replaced: readonly KnownChild[];
  /** Those of `fresh` that may have been there before. */
  readonly unsure: ReadonlySet<KnownChild>;
  /** With the same id, started otherwise by the same module. */
  readonly kept: readonly KnownChild[];
  /** The names that the supervisor may have. */
  readonly names: readonly Term[];
  /** Whether it runs for sure, under its only name. */
  readonly isCertain: boolean;
}

function diffChildren(left: SupervisorInstance, right: SupervisorInstance): ChildDifference {
  const [before, after] = [left.children, right.children];
  const names = namesOf(left, right);
  const supervisor = { names, isCertain: left.isCertain && names.length === 1 };
  const unsure = new Set<KnownChild>();
  // What such a supervisor has is started by others.
  if (before.isSimple || after.isSimple) return { fresh: [], gone: [], replaced: [], unsure, kept: [], ...supervisor };
  const fresh: KnownChild[] = [];
  const replaced: KnownChild[] = [];
  const kept: KnownChild[] = [];
  for (const [key, child] of after.children) {
    const old = before.children.get(key);
    // One that was there under some condition may come by this upgrade, too; a permanent one runs if it is there.
    if (old === undefined || (!old.isCertain && child.isPermanent)) {
      fresh.push(child);
      if (old !== undefined || before.isOpen) unsure.add(child);
    } else if (old.module !== undefined && child.module !== undefined && old.module !== child.module)
      replaced.push(child);
    else if (old.start !== undefined && child.start !== undefined && !equalTerms(old.start, child.start))
      kept.push(child);
  }
  const gone = after.isOpen ? [] : [...before.children].filter(([key]) => !after.children.has(key));
  return { fresh, gone: gone.map(([, child]) => child).reverse(), replaced, unsure, kept, ...supervisor };
}

function isNothing({ fresh, gone, replaced }: ChildDifference): boolean {
  return fresh.length + gone.length + replaced.length === 0;
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
  return new Set(children.flatMap(({ module, modules }) => (module === undefined ? modules : [module, ...modules])));
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
