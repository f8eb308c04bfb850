import { EnitError } from "../error/index.ts";
import { circularDependency, findCycle } from "./cycle.ts";

/** An application among others that are put in order. */
export interface OrderedApplication {
  readonly name: string;
  /** The applications that it uses. */
  readonly uses: readonly string[];
  /** Those of `uses` that need not be there. */
  readonly optional: readonly string[];
  /** The applications that it includes. */
  readonly includes: readonly string[];
}

/**
 * Puts applications in the order in which they start, each after those that it uses or includes, and what each uses and
 * includes in the order given here. `what` is what errors call the whole of them.
 *
 * The result is that of systools, ties included. Throws `circular_dependency`, and `application_needed_twice` if an
 * application both uses and includes another one (unless that came before it, which systools does not notice). Of
 * applications that are not there nothing is said; check that before.
 */
export function orderApplications<T extends OrderedApplication>(applications: readonly T[], what: string): T[] {
  for (const { name, includes } of applications) {
    if (includes.length > 0) refuseCycle(applications, name, (each) => each.includes, what);
  }
  const prepared = sortDependencies(useTopApplications(applications));
  const { ordered, late } = pullDependencies(prepared);
  for (const { name } of late) refuseCycle(prepared, name, (each) => [...each.uses, ...each.includes], what);
  const [first] = late;
  if (first === undefined) return ordered;
  const { name, neededBy } = first;
  throw new EnitError(
    "application_needed_twice",
    `cannot order the applications of "${what}": "${name}" is needed twice by "${neededBy}"`,
    {
      kind: "input",
      hint: "Name it once, in applications or in included_applications.",
      data: { name, application: neededBy },
    },
  );
}

function refuseCycle(
  applications: readonly OrderedApplication[],
  start: string,
  needs: (application: OrderedApplication) => readonly string[],
  what: string,
): void {
  const cycle = findCycle(applications, start, needs);
  if (cycle !== undefined) throw circularDependency(cycle, what);
}

/**
 * Makes an application that uses an included one use the topmost application including that instead, since this is the
 * one that is started; unless both are included by the same one. As systools does before it sorts.
 */
function useTopApplications<T extends OrderedApplication>(applications: readonly T[]): T[] {
  const includedBy = new Map<string, string>();
  for (const { name, includes } of applications) {
    for (const included of includes) if (!includedBy.has(included)) includedBy.set(included, name);
  }
  return applications.map((application) => {
    const ownTop = topOf(application.name, includedBy);
    const uses = [...application.uses];
    for (const used of application.uses) {
      if (used === ownTop) {
        remove(uses, used);
        continue;
      }
      const includer = includedBy.get(used);
      if (includer === undefined) continue;
      const top = topOf(includer, includedBy);
      if (uses.includes(top)) {
        remove(uses, used);
      } else if (top !== ownTop) {
        remove(uses, used);
        uses.push(top);
      }
    }
    return { ...application, uses };
  });
}

/** Puts what each application uses and includes in the order of the applications themselves; others come last. */
function sortDependencies<T extends OrderedApplication>(applications: readonly T[]): T[] {
  const places = new Map(applications.map(({ name }, place) => [name, place]));
  const sorted = (names: readonly string[]): string[] =>
    names.toSorted((a, b) => (places.get(a) ?? Infinity) - (places.get(b) ?? Infinity) || 0);
  return applications.map((each) => ({ ...each, uses: sorted(each.uses), includes: sorted(each.includes) }));
}

/**
 * Orders applications as systools does: the first one that is left pulls what it needs in front of itself, used ones
 * before included ones, and that goes on from the first of these. `late` are those that were needed when they could not
 * come first any more.
 */
function pullDependencies<T extends OrderedApplication>(applications: readonly T[]): PulledApplications<T> {
  const left: T[] = [...applications];
  const present = new Set(applications.map(({ name }) => name));
  const seen = new Set<string>();
  const ordered: T[] = [];
  const late: PulledApplications<T>["late"] = [];

  for (let first = left.shift(); first !== undefined; first = left.shift()) {
    const { name, uses, optional, includes } = first;
    const pull = (wanted: readonly string[], mayBeLate: readonly string[]): T[] => {
      const pulled: T[] = [];
      for (const each of wanted.toReversed()) {
        const place = left.findIndex((other) => other.name === each);
        const other = left[place];
        // An application may use the one that includes it, but only if that one has been here already.
        if (other !== undefined && !other.includes.includes(name)) pulled.unshift(...left.splice(place, 1));
        else if (present.has(each) && !seen.has(each) && !mayBeLate.includes(each))
          late.push({ name: each, neededBy: name });
      }
      return pulled;
    };
    const needed = [...pull(uses, optional), ...pull(includes, [])];
    const again = needed.filter((other) => seen.has(other.name));
    for (const other of again) late.push({ name: other.name, neededBy: name });
    if (needed.length === 0) ordered.push(first);
    else left.unshift(...needed.filter((other) => !again.includes(other)), first);
    seen.add(name);
  }
  return { ordered, late };
}

interface PulledApplications<T> {
  readonly ordered: T[];
  readonly late: { readonly name: string; readonly neededBy: string }[];
}

/** The application that includes this one by way of any number of others; itself if none does, or in a circle. */
function topOf(name: string, includedBy: ReadonlyMap<string, string>): string {
  const passed = new Set<string>();
  let top = name;
  for (let next: string | undefined = top; next !== undefined && !passed.has(next); next = includedBy.get(next)) {
    passed.add(next);
    top = next;
  }
  return top;
}

function remove(names: string[], name: string): void {
  const place = names.indexOf(name);
  if (place >= 0) names.splice(place, 1);
}
