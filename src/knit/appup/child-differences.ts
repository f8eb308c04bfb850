import { type Term, equalTerms, printTerm } from "../../term/index.ts";
import type { KnownChild } from "./children.ts";
import type { SupervisorInstance, Supervisors } from "./supervisors.ts";

/** The supervisors of two versions of an application. */
export interface SupervisorVersions {
  readonly before: Supervisors;
  readonly after: Supervisors;
}

/** What a supervisor has to do about its children after its specifications have changed. */
export interface ChildDifference {
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

/** Whether a supervisor is told something else by its `init/1`, as far as it can be told. */
export function isToldOtherwise(module: string, supervisors: SupervisorVersions): boolean {
  return pairSupervisors(module, supervisors).some(([a, b]) => {
    const [up, down] = [diffChildren(a, b), diffChildren(b, a)];
    return !isNothing(up) || !isNothing(down) || up.kept.length > 0;
  });
}

/**
 * The supervisors of a module that both versions have: those of one name, or, where there is a single one, that. One that only one
 * version has comes or goes with its parent. Throws `beam_malformed`.
 */
export function pairSupervisors(
  module: string,
  supervisors: SupervisorVersions,
): (readonly [SupervisorInstance, SupervisorInstance])[] {
  const [before, after] = [supervisors.before.instancesOf(module), supervisors.after.instancesOf(module)];
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

/** What becomes of the children of one supervisor, from one version to the other. */
export function diffChildren(left: SupervisorInstance, right: SupervisorInstance): ChildDifference {
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

export function isNothing({ fresh, gone, replaced }: ChildDifference): boolean {
  return fresh.length + gone.length + replaced.length === 0;
}

/** What runs has the name of one of both versions. */
function namesOf(before: SupervisorInstance, after: SupervisorInstance): readonly Term[] {
  const names = [before.name, after.name].flatMap((name) => name ?? []);
  return [...new Map(names.map((name) => [shown(name), name])).values()];
}

function shown(id: Term): string {
  return printTerm(id, { format: "tw" });
}
