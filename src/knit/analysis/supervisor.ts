import { type Term, atomName, equalTerms, listElements } from "../../term/index.ts";
import type { ModuleAnalysis } from "./module-analysis.ts";
import { type Value, atomOf, entriesOf, listOf, mapValueOf, termOf, tupleOf } from "./value.ts";

/** A child of a supervisor as its `init/1` describes it, as far as it can be told from the code. */
export interface ChildSpec {
  readonly id: Term | undefined;
  /** The module and function that start it. */
  readonly start: { readonly module: string | undefined; readonly function: string | undefined } | undefined;
  readonly type: "worker" | "supervisor" | undefined;
  /** The modules by which `release_handler` finds its processes; `undefined` if they cannot be told. */
  readonly modules: readonly string[] | "dynamic" | undefined;
}

/** What the `init/1` of a supervisor gives. */
export interface SupervisorSpec {
  /** Whether it has one specification, for children that are started later. */
  readonly isSimple: boolean;
  /** All children that it may have. */
  readonly children: readonly ChildSpec[];
  /** The ids of those that it has whatever `init/1` comes to. */
  readonly certain: readonly Term[];
}

/**
 * Reads what the `init/1` of a supervisor gives from its code; `undefined` if there is none, or if a list of children is put
 * together in a way that cannot be told. Ways that do not start the supervisor do not count.
 */
export function readSupervisorSpec(analysis: ModuleAnalysis): SupervisorSpec | undefined {
  const init = analysis.find("init", 1);
  const results = init === undefined ? [] : analysis.resultsOf(init).filter((value) => atomOf(value) !== "ignore");
  const ways = results.map(readWay);
  const known = ways.flatMap((way) => way ?? []);
  const [first] = known;
  if (first === undefined || known.length < ways.length) return undefined;
  const ids = known.map(({ children }) => children.flatMap(({ id }) => id ?? []));
  return {
    isSimple: known.some(({ isSimple }) => isSimple),
    children: known.flatMap(({ children }) => children),
    certain: (ids[0] ?? []).filter((id) => ids.every((each) => each.some((other) => equalTerms(id, other)))),
  };
}

/** `{ok, {FLAGS, SPECIFICATIONS}}`. */
function readWay(value: Value): { readonly isSimple: boolean; readonly children: readonly ChildSpec[] } | undefined {
  const [ok, pair] = tupleOf(value) ?? [];
  const [flags, specs] = tupleOf(pair) ?? [];
  const children = listOf(specs)?.map(readChild);
  if (atomOf(ok) !== "ok" || children === undefined) return undefined;
  const known = children.flatMap((child) => child ?? []);
  if (known.length < children.length) return undefined;
  const strategy = atomOf(tupleOf(flags)?.[0] ?? mapValueOf(flags, "strategy"));
  return { isSimple: strategy === "simple_one_for_one", children: known };
}

/** A map, or a tuple of six; `undefined` for what is known to be neither, or not known at all. */
function readChild(value: Value): ChildSpec | undefined {
  if (entriesOf(value) !== undefined) {
    const start = readStart(mapValueOf(value, "start"));
    const modules = mapValueOf(value, "modules");
    return {
      id: termOrNothing(mapValueOf(value, "id")),
      start,
      type: readType(mapValueOf(value, "type")) ?? (mapValueOf(value, "type") === undefined ? "worker" : undefined),
      modules: modules === undefined ? defaultModules(start?.module) : readModules(modules),
    };
  }
  const elements = tupleOf(value);
  if (elements?.length !== 6) return undefined;
  const [id, start, , , type, modules] = elements;
  return { id: termOrNothing(id), start: readStart(start), type: readType(type), modules: readModules(modules) };
}

function readStart(value: Value | undefined): ChildSpec["start"] {
  const [module, functionName] = tupleOf(value) ?? [];
  return module === undefined ? undefined : { module: atomOf(module), function: atomOf(functionName) };
}

/** Without the key, it is the module that starts the child. */
function defaultModules(module: string | undefined): readonly string[] | undefined {
  return module === undefined ? undefined : [module];
}

function readModules(value: Value | undefined): ChildSpec["modules"] {
  if (atomOf(value) === "dynamic") return "dynamic";
  const term = value && termOf(value);
  const names = listElements(term)?.map(atomName);
  return names?.every((name) => name !== undefined) === true ? names : undefined;
}

function readType(value: Value | undefined): ChildSpec["type"] {
  const name = atomOf(value);
  return name === "worker" || name === "supervisor" ? name : undefined;
}

function termOrNothing(value: Value | undefined): Term | undefined {
  return value && termOf(value);
}
