import { EnitError } from "../error/index.ts";

/** The error for applications that depend on each other in a circle; `cycle` begins and ends with the same one. */
export function circularDependency(cycle: readonly string[], what: string): EnitError {
  return new EnitError(
    "circular_dependency",
    `cannot order the applications of "${what}": ${cycle.join(" -> ")} is a circle`,
    {
      kind: "input",
      hint: "Take one of them out of the applications or included_applications of the one before it.",
      data: { cycle },
    },
  );
}

/** A shortest chain from `start` back to it, each application needing the next; `undefined` if there is none. */
export function findCycle<T extends { readonly name: string }>(
  applications: readonly T[],
  start: string,
  needs: (application: T) => readonly string[],
): string[] | undefined {
  const byName = new Map(applications.map((each) => [each.name, each]));
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const name of queue) {
    const application = byName.get(name);
    for (const next of application === undefined ? [] : needs(application)) {
      if (next === start) return chain(cameFrom, start, name);
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, name);
      queue.push(next);
    }
  }
  return undefined;
}

function chain(cameFrom: ReadonlyMap<string, string>, start: string, end: string): string[] {
  const names = [start];
  for (let name: string | undefined = end; name !== undefined && name !== start; name = cameFrom.get(name)) {
    names.unshift(name);
  }
  return [start, ...names];
}
