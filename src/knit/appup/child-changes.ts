import { type Term, printTerm } from "../../term/index.ts";
import type { ApplicationCode } from "../code/index.ts";
import type { KnownChild, KnownChildren } from "./children.ts";
import { applyInstruction } from "./instructions.ts";
import type { ModuleChange } from "./module-changes.ts";
import type { AppupStep } from "./step.ts";
import { Supervisors } from "./supervisors.ts";
import type { AppupWarning } from "./warning.ts";

/** What becomes of the children of a changed supervisor, in one direction. */
export interface ChildSteps {
  /** Ends children that are gone, each with the module that it was started by. */
  readonly stop: readonly { readonly module: string | undefined; readonly steps: readonly AppupStep[] }[];
  /** Starts children that are new, and anew those that another module starts now. */
  readonly start: readonly AppupStep[];
  /** The modules of the children that are started. */
  readonly started: ReadonlySet<string>;
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
  from: ApplicationCode,
  to: ApplicationCode,
  changes: ReadonlyMap<string, ModuleChange>,
  warn: (warning: AppupWarning) => void,
): ChildChanges {
  const [before, after] = [new Supervisors(from), new Supervisors(to)];
  const up = new Map<string, ChildSteps>();
  const down = new Map<string, ChildSteps>();
  const underNew = new Map<string, ReadonlySet<string>>();
  for (const { name: module, kind, treatment, isNew } of changes.values()) {
    if (kind.family !== "supervisor") continue;
    if (isNew) {
      underNew.set(module, modulesOf([...after.childrenOf(module).children.values()]));
      continue;
    }
    if (treatment !== "supervisor") continue;
    const [old, young] = [before.childrenOf(module), after.childrenOf(module)];
    if (old.isOpen || young.isOpen) warn(childrenUnknown(module, old.isOpen ? from : to));
    const [gains, losses] = [diffChildren(old, young), diffChildren(young, old)];
    if (isNothing(gains) && isNothing(losses)) continue;
    const names = distinct([...before.namesOf(module), ...after.namesOf(module)]);
    if (names.length === 0) {
      warn(supervisorUnnamed(module, [...gains.fresh, ...gains.gone, ...gains.replaced]));
      continue;
    }
    up.set(module, makeSteps(module, names, gains, to.version));
    down.set(module, makeSteps(module, names, losses, from.version));
  }
  return { up, down, underNew };
}

/** What a supervisor has to do about its children after its specifications have changed. */
interface ChildDifference {
  readonly fresh: readonly KnownChild[];
  readonly gone: readonly KnownChild[];
  /** With the same id, but started by another module: what runs is not what is specified. */
  readonly replaced: readonly KnownChild[];
}

function diffChildren(before: KnownChildren, after: KnownChildren): ChildDifference {
  // What such a supervisor has is started by others.
  if (before.isSimple || after.isSimple) return { fresh: [], gone: [], replaced: [] };
  const fresh: KnownChild[] = [];
  const replaced: KnownChild[] = [];
  for (const [key, child] of after.children) {
    const old = before.children.get(key);
    if (old === undefined) fresh.push(child);
    else if (old.module !== undefined && child.module !== undefined && old.module !== child.module)
      replaced.push(child);
  }
  const gone = after.isOpen ? [] : [...before.children].filter(([key]) => !after.children.has(key));
  return { fresh, gone: gone.map(([, child]) => child).reverse(), replaced };
}

function isNothing({ fresh, gone, replaced }: ChildDifference): boolean {
  return fresh.length + gone.length + replaced.length === 0;
}

function makeSteps(module: string, names: readonly Term[], difference: ChildDifference, version: string): ChildSteps {
  const { fresh, gone, replaced } = difference;
  const call = (name: string, child: KnownChild, reason: string): AppupStep[] =>
    names.map((supervisor) => ({
      instruction: applyInstruction("supervisor", name, [supervisor, child.id]),
      module,
      reason: `${reason} ${shown(child.id)} of ${shown(supervisor)}`,
    }));
  return {
    stop: gone.map((child) => ({
      module: child.module,
      // A temporary child is forgotten when it ends.
      steps: call("terminate_child", child, `${version} does not have the child`).concat(
        child.isTemporary ? [] : call("delete_child", child, "the supervisor would keep the child"),
      ),
    })),
    start: [
      ...replaced.flatMap((child) => [
        ...call(
          "terminate_child",
          child,
          `${String(child.module)} starts the child in ${version}, another module did:`,
        ),
        ...call("restart_child", child, `${String(child.module)} starts the child`),
      ]),
      ...fresh.flatMap((child) =>
        call("restart_child", child, `${version} has a new child, which is not started by itself:`),
      ),
    ],
    started: modulesOf([...fresh, ...replaced]),
  };
}

function modulesOf(children: readonly KnownChild[]): ReadonlySet<string> {
  return new Set(children.flatMap(({ module, modules }) => (module === undefined ? modules : [module, ...modules])));
}

function childrenUnknown(module: string, { version }: ApplicationCode): AppupWarning {
  const message = `${module}: the children that its init/1 gives in ${version} cannot be told from the code, so some that are new or gone may not be started or ended`;
  return { code: "children_unknown", module, message };
}

function supervisorUnnamed(module: string, children: readonly KnownChild[]): AppupWarning {
  const ids = children.map(({ id }) => shown(id)).join(", ");
  const message = `${module} is not started under a name that can be told from the code, so its children ${ids} are neither started nor ended by the upgrade`;
  return { code: "supervisor_unnamed", module, message };
}

function distinct(terms: readonly Term[]): Term[] {
  return [...new Map(terms.map((term) => [shown(term), term])).values()];
}

function shown(term: Term): string {
  return printTerm(term, { format: "tw" });
}
