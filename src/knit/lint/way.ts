import type { UpgradeDirection } from "../../otp/index.ts";
import type { Term } from "../../term/index.ts";
import { ModuleAnalysis } from "../analysis/index.ts";
import { Behaviours, Supervisors } from "../appup/index.ts";
import type { ApplicationCode, ModuleCode } from "../code/index.ts";
import type { ReleaseFacts, UpgradeFacts } from "./facts.ts";
import { type Step, readSteps } from "./steps.ts";

/** An upgrade in one direction: from the code that runs to the code that is gone to. */
export interface Way {
  readonly direction: UpgradeDirection;
  readonly facts: UpgradeFacts;
  readonly applications: readonly WayApplication[];
  readonly source: Side;
  readonly target: Side;
  /** What `release_handler` does; empty where there is no relup. */
  readonly steps: readonly Step[];
  readonly hasSteps: boolean;
  /** Where each module is loaded: the position of its last `load`. */
  readonly loadedAt: ReadonlyMap<string, number>;
  /** Where each module is removed and not loaded again. */
  readonly removedAt: ReadonlyMap<string, number>;
  /** The applications that are stopped and started again, with where that begins and ends. */
  readonly restarted: ReadonlyMap<string, readonly [stop: number, start: number]>;
}

export interface WayApplication {
  readonly name: string;
  readonly source: ApplicationCode | undefined;
  readonly target: ApplicationCode | undefined;
  readonly instructions: readonly Term[] | undefined;
}

/** A module of a release. */
export interface OwnedModule {
  readonly application: string;
  readonly analysis: ModuleAnalysis;
}

/** One of the two releases. */
export interface Side {
  readonly release: ReleaseFacts;
  /** By name, all modules of all applications. */
  readonly modules: ReadonlyMap<string, OwnedModule>;
  /** What behaviours are built on. */
  readonly behaviours: Behaviours;
  /** By the name of their application. */
  readonly supervisors: ReadonlyMap<string, Supervisors>;
}

const analyses = new WeakMap<ModuleCode, ModuleAnalysis>();

/** The analysis of a module, made once however many upgrades it takes part in. */
function analyse(module: ModuleCode): ModuleAnalysis {
  const known = analyses.get(module);
  if (known !== undefined) return known;
  const made = new ModuleAnalysis(module);
  analyses.set(module, made);
  return made;
}

/** Turns an upgrade into its two ways. One that there is no relup for has no steps. */
export function waysOf(facts: UpgradeFacts): readonly Way[] {
  const from = makeSide(facts, "from");
  const to = makeSide(facts, "to");
  return [makeWay("up", facts, from, to), makeWay("down", facts, to, from)];
}

function makeWay(direction: UpgradeDirection, facts: UpgradeFacts, source: Side, target: Side): Way {
  const instructions = facts.relup[direction];
  const steps = readSteps(instructions ?? []);
  const loadedAt = new Map<string, number>();
  const removedAt = new Map<string, number>();
  for (const [at, step] of steps.entries()) {
    if (step.kind === "load") {
      loadedAt.set(step.module, at);
      removedAt.delete(step.module);
    } else if (step.kind === "remove") {
      removedAt.set(step.module, at);
      loadedAt.delete(step.module);
    }
  }
  return {
    direction,
    facts,
    source,
    target,
    steps,
    hasSteps: instructions !== undefined,
    loadedAt,
    removedAt,
    restarted: findRestarts(steps),
    applications: facts.applications.map(({ name, from, to, up, down }) =>
      direction === "up"
        ? { name, source: from, target: to, instructions: up }
        : { name, source: to, target: from, instructions: down },
    ),
  };
}

function makeSide(facts: UpgradeFacts, which: "from" | "to"): Side {
  const { applications, behaviours, [which]: release } = facts;
  const codes = applications.flatMap((pair) => pair[which] ?? []);
  const modules = new Map<string, OwnedModule>();
  for (const code of codes) {
    for (const module of code.modules.values()) {
      modules.set(module.name, { application: code.name, analysis: analyse(module) });
    }
  }
  const known = new Behaviours(behaviours, codes);
  const supervisors = new Map(codes.map((code) => [code.name, new Supervisors(code, known, true)]));
  return { release, modules, behaviours: known, supervisors };
}

function findRestarts(steps: readonly Step[]): ReadonlyMap<string, readonly [number, number]> {
  const restarts = new Map<string, readonly [number, number]>();
  const stops = new Map<string, number>();
  for (const [at, step] of steps.entries()) {
    if (step.kind !== "apply" || step.call.module !== "application") continue;
    const [name] = step.call.args;
    if (name?.kind !== "atom") continue;
    const stop = stops.get(name.name);
    if (step.call.function === "stop") stops.set(name.name, at);
    if (step.call.function === "start" && stop !== undefined) restarts.set(name.name, [stop, at]);
  }
  return restarts;
}

/** An application that both releases have, in two versions. */
export interface ChangedApplication extends WayApplication {
  readonly source: ApplicationCode;
  readonly target: ApplicationCode;
}

/** The applications that both releases have, in different versions. */
export function changedApplications({ applications }: Way): ChangedApplication[] {
  return applications.flatMap(({ name, source, target, instructions }) =>
    source === undefined || target === undefined || source.version === target.version
      ? []
      : [{ name, source, target, instructions }],
  );
}

/** A module that both releases have, with other code in each. */
export interface ChangedModule {
  readonly application: string;
  readonly name: string;
  readonly source: ModuleAnalysis;
  readonly target: ModuleAnalysis;
}

/** The modules of changed applications that both releases have with different code; attributes alone do not count. */
export function changedModules(way: Way): ChangedModule[] {
  return changedApplications(way).flatMap(({ name: application, source, target }) =>
    [...target.modules.values()].flatMap((module) => {
      const before = source.modules.get(module.name);
      if (before === undefined || before.md5 === module.md5) return [];
      return [{ application, name: module.name, source: analyse(before), target: analyse(module) }];
    }),
  );
}

/** Whether the VM that runs the release ends on the way, so that everything is loaded from its files. */
export function endsVm({ steps }: Way): boolean {
  return steps.some(({ kind }) => kind === "restart_emulator");
}

/** The modules whose processes are suspended at a place in the script. */
export function suspendedAt({ steps }: Way, place: number): ReadonlySet<string> {
  const suspended = new Set<string>();
  for (const step of steps.slice(0, place)) {
    if (step.kind === "suspend") for (const module of step.modules) suspended.add(module);
    if (step.kind === "resume") for (const module of step.modules) suspended.delete(module);
  }
  return suspended;
}

/** The release whose code of a module is there at a place in the script. */
export function sideAt({ loadedAt, source, target }: Way, module: string, place: number): Side {
  return (loadedAt.get(module) ?? Number.POSITIVE_INFINITY) < place ? target : source;
}

/** The steps of one kind that name a module, by their places. */
export function placesOf({ steps }: Way, kind: "suspend" | "code_change" | "resume", module: string): number[] {
  return steps.flatMap((step, at) => (step.kind === kind && step.modules.includes(module) ? [at] : []));
}
