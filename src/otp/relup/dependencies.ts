import { instructionRefused } from "./errors.ts";
import type { ModuleInstruction } from "./instruction.ts";

/**
 * Puts instructions that depend on each other, directly or through others, into groups, and orders each group: an
 * instruction stands before those of the modules that it needs. What needs each other in a circle stands together, in
 * the order given; where nothing decides, that order counts too (systools has none there).
 *
 * Gives the group of each module. Throws `muldef_module` for two instructions of one module, and `undef_module` for a
 * needed module that no instruction is for.
 */
export function groupByDependency(
  instructions: readonly ModuleInstruction[],
): ReadonlyMap<string, readonly ModuleInstruction[]> {
  const graph = new DependencyGraph(instructions);
  const ordered = graph.ordered();
  const groups = new Map<string, ModuleInstruction[]>();
  const seen = new Set<string>();
  for (const { module } of ordered) {
    const group: ModuleInstruction[] = groups.get(module) ?? [];
    visitDepthFirst(
      module,
      (each) => graph.neighboursOf(each),
      seen,
      (each) => groups.set(each, group),
    );
  }
  for (const instruction of ordered) groups.get(instruction.module)?.push(instruction);
  return groups;
}

class DependencyGraph {
  readonly #byModule = new Map<string, ModuleInstruction>();
  readonly #needs = new Map<string, readonly string[]>();
  readonly #neededBy = new Map<string, string[]>();
  readonly #places = new Map<string, number>();

  constructor(instructions: readonly ModuleInstruction[]) {
    for (const instruction of instructions) {
      const { module, needs, step } = instruction;
      if (this.#byModule.has(module)) {
        throw instructionRefused("muldef_module", step, `another one is for "${module}" too`, { module });
      }
      this.#places.set(module, this.#byModule.size);
      this.#byModule.set(module, instruction);
      this.#needs.set(module, needs);
    }
    for (const { module, needs, step } of instructions) {
      for (const needed of needs) {
        if (!this.#byModule.has(needed)) {
          const state = `it depends on "${needed}", which no instruction is for`;
          throw instructionRefused("undef_module", step, state, { module: needed });
        }
        const neededBy = this.#neededBy.get(needed);
        if (neededBy === undefined) this.#neededBy.set(needed, [module]);
        else neededBy.push(module);
      }
    }
  }

  neighboursOf(module: string): readonly string[] {
    return [...(this.#needs.get(module) ?? []), ...(this.#neededBy.get(module) ?? [])];
  }

  /** All instructions, each before those of what it needs: Kosaraju's algorithm. */
  ordered(): ModuleInstruction[] {
    const needs = (module: string): readonly string[] => this.#needs.get(module) ?? [];
    const neededBy = (module: string): readonly string[] => this.#neededBy.get(module) ?? [];
    const seen = new Set<string>();
    const finished: string[] = [];
    // From the last to the first, so that what is free comes in the order given once this is turned round.
    for (const module of [...this.#byModule.keys()].reverse()) {
      const reversed = (each: string): readonly string[] => needs(each).toReversed();
      visitDepthFirst(module, reversed, seen, (each) => finished.push(each));
    }
    const assigned = new Set<string>();
    return finished.toReversed().flatMap((module) => {
      const members: string[] = [];
      visitDepthFirst(module, neededBy, assigned, (each) => members.push(each));
      return this.#inGivenOrder(members);
    });
  }

  #inGivenOrder(modules: readonly string[]): ModuleInstruction[] {
    const sorted = modules.toSorted((a, b) => (this.#places.get(a) ?? 0) - (this.#places.get(b) ?? 0));
    return sorted.flatMap((module) => this.#byModule.get(module) ?? []);
  }
}

/** Visits what can be reached and was not seen, each when all behind it is done; without recursion, for long chains. */
function visitDepthFirst(
  start: string,
  nextOf: (module: string) => readonly string[],
  seen: Set<string>,
  done: (module: string) => void,
): void {
  if (seen.has(start)) return;
  seen.add(start);
  const open = [{ module: start, next: nextOf(start).values() }];
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const { value, done: exhausted } = top.next.next();
    if (exhausted === true) {
      done(top.module);
      open.pop();
    } else if (value !== undefined && !seen.has(value)) {
      seen.add(value);
      open.push({ module: value, next: nextOf(value).values() });
    }
  }
}
