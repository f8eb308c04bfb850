/** State: whether processes that live on get along with the new code. */
import { atom } from "../../term/index.ts";
import { type ModuleAnalysis, type Value, fingerprint } from "../analysis/index.ts";
import type { ChildFacts } from "../appup/index.ts";
import type { Finding } from "./facts.ts";
import { type ProcessKind, basesOf, converterOf, processKindOf } from "./process-kind.ts";
import { conversionOf, describeChange, knowsWayDown, stateShapeOf, versionOf } from "./process-state.ts";
import { type ChangedModule, type Way, changedModules, endsVm, placesOf, sideAt } from "./way.ts";

/** What is wrong with the processes of changed modules on a way. */
export function checkState(way: Way): Finding[] {
  if (!way.hasSteps || endsVm(way)) return [];
  const findings = changedModules(way).flatMap((changed) => {
    if (!way.loadedAt.has(changed.name) || way.restarted.has(changed.application)) return [];
    // What runs was started by the old code, and has its kind.
    const kind = processKindOf(changed.source, way.source);
    return kind === undefined || kind === "supervisor" ? [] : checkProcess(way, changed, kind);
  });
  return [...findings, ...checkUnchanged(way), ...checkChildren(way)];
}

function checkProcess(way: Way, changed: ChangedModule, kind: ProcessKind): Finding[] {
  const [converting] = placesOf(way, "code_change", changed.name);
  const converter = converterOf(kind) ?? "";
  const missing = checkConverter(way, changed, kind);
  if (missing.length > 0) return missing;
  const [before, after] = [stateShapeOf(changed.source, kind), stateShapeOf(changed.target, kind)];
  const change =
    before && after && (way.direction === "up" ? describeChange(before, after) : describeChange(after, before));
  if (change === undefined) return converting === undefined ? checkOnlyLoaded(way, changed, kind) : [];
  const finding = { application: changed.application, module: changed.name };
  const what = `the state of ${changed.name} changes (${change})`;
  if (converting === undefined) {
    const how = placesOf(way, "suspend", changed.name).length > 0 ? "its update is soft" : "it is merely loaded";
    return [
      { ...finding, code: "state-without-code-change", message: `${what}, and nothing calls ${converter}: ${how}` },
    ];
  }
  const code = converterAt(way, changed, converting);
  const converts = code.find(...splitName(converter));
  if (converts === undefined) return [];
  if (conversionOf(code, converts, versionGiven(way, changed)) === "keeps") {
    return [
      { ...finding, code: "state-without-code-change", message: `${what}, and ${converter} gives it back as it was` },
    ];
  }
  if (way.direction === "up" || before === undefined || knowsWayDown(code, converts, before)) return [];
  const message = `${what}, and ${converter} of the newer version knows neither {down, VERSION} nor the newer state, which it gets on the way down`;
  return [{ ...finding, code: "code-change-no-down", message }];
}

/** A process that is to convert its state by a function that its code does not have, or that only fails, makes the upgrade fail. */
function checkConverter(way: Way, changed: ChangedModule, kind: ProcessKind): Finding[] {
  const converter = converterOf(kind);
  const [at] = placesOf(way, "code_change", changed.name);
  if (converter === undefined || at === undefined) return [];
  // A behaviour of one's own is what OTP calls; one that only writes functions into the module, as Elixir's, is not.
  const called = [changed.name, ...basesOf(changed.source, way.source)].flatMap((name) => {
    const analysis = sideAt(way, name, at).modules.get(name)?.analysis;
    return analysis?.exports.has(converter) === true ? [analysis] : [];
  });
  const fails = (analysis: ModuleAnalysis): boolean => {
    const code = analysis.find(...splitName(converter));
    return code !== undefined && conversionOf(analysis, code, versionGiven(way, changed)) === "fails";
  };
  if (called.length > 0 && !called.every(fails)) return [];
  const code = kind === "special" ? "special-process-without-code-change" : "code-change-missing";
  const which = converterAt(way, changed, at) === changed.target ? "to" : "from";
  const state = called.length > 0 ? "only fails on this way" : `the version that is gone ${which} does not export`;
  const message = `processes of ${changed.name} are to call ${converter}, which ${state}: the upgrade fails and the VM restarts`;
  return [{ code, application: changed.application, module: changed.name, message }];
}

/** Modules that did not change, whose processes are to convert their state all the same. */
function checkUnchanged(way: Way): Finding[] {
  const names = new Set(way.steps.flatMap((step) => (step.kind === "code_change" ? step.modules : [])));
  const changed = new Set(changedModules(way).map(({ name }) => name));
  return [...names].flatMap((name) => {
    const [source, target] = [way.source.modules.get(name), way.target.modules.get(name)];
    if (changed.has(name) || source === undefined || target === undefined) return [];
    const kind = processKindOf(source.analysis, way.source);
    if (kind === undefined || kind === "supervisor") return [];
    const { application } = source;
    return checkConverter(way, { application, name, source: source.analysis, target: target.analysis }, kind);
  });
}

/** A module whose `code_change` was written for this upgrade, which does not call it. */
function checkOnlyLoaded(way: Way, { application, name, source, target }: ChangedModule, kind: ProcessKind): Finding[] {
  if (placesOf(way, "suspend", name).length > 0) return [];
  const converter = splitName(converterOf(kind) ?? "");
  // Both ways it is the newer version that knows the other state.
  const [newer, older] = way.direction === "up" ? [target, source] : [source, target];
  const [now, before] = [newer.find(...converter), older.find(...converter)];
  if (now === undefined || conversionOf(newer, now) === "keeps") return [];
  if (before !== undefined && fingerprint(newer, now) === fingerprint(older, before)) return [];
  const message = `${name} has a ${converter.join("/")} that is new in this version, and the module is merely loaded, so that nothing calls it`;
  return [{ code: "process-module-only-loaded", application, module: name, message }];
}

/** What a converter is called with: the version of what ran, or `{down, VERSION}` with that of what is gone to. */
function versionGiven({ direction, loadedAt }: Way, { name, source, target }: ChangedModule): Value {
  const given = (analysis: ModuleAnalysis): Value =>
    loadedAt.has(name) ? versionOf(analysis) : { kind: "term", term: atom("undefined") };
  if (direction === "up") return given(source);
  return { kind: "tuple", elements: [{ kind: "term", term: atom("down") }, given(target)] };
}

/** The code that is there when a process converts its state. */
function converterAt(way: Way, { name, source, target }: ChangedModule, at: number): ModuleAnalysis {
  return sideAt(way, name, at) === way.target ? target : source;
}

function splitName(text: string): [name: string, arity: number] {
  const [name = "", arity] = text.split("/");
  return [name, Number(arity)];
}

/** `release_handler` finds processes by the `modules` of child specifications, which are those that run. */
function checkChildren(way: Way): Finding[] {
  const suspended = new Set(way.steps.flatMap((step) => (step.kind === "suspend" ? step.modules : [])));
  if (suspended.size === 0) return [];
  // Applications have supervisors of their own; looking through all modules of OTP would take a while.
  const owners = new Set([...suspended].map((name) => way.source.modules.get(name)?.application));
  const children = [...way.source.modules.values()].flatMap(({ application, analysis }) =>
    owners.has(application) && processKindOf(analysis, way.source) === "supervisor"
      ? childrenOf(way, application, analysis.name).map((child) => ({ application, supervisor: analysis.name, child }))
      : [],
  );
  const named = new Set(children.flatMap(({ child }) => (child.modules === "dynamic" ? [] : (child.modules ?? []))));
  return children.flatMap(({ application, supervisor, child }): Finding[] => {
    const { module } = child;
    if (module === undefined) return [];
    if (child.modules === "dynamic") {
      if (!isNoEventManager(way, child, module)) return [];
      const message = `${supervisor} has a child of ${module} whose modules are dynamic: release_handler asks it for them, and only an event manager answers`;
      return [{ code: "child-modules-dynamic", application, module: supervisor, message }];
    }
    if (child.modules === undefined || !suspended.has(module) || named.has(module)) return [];
    const message = `${supervisor} has a child of ${module} whose modules are [${child.modules.join(", ")}]: it is neither suspended nor converted`;
    return [{ code: "child-modules-wrong", application, module: supervisor, message }];
  });
}

function childrenOf({ source }: Way, application: string, supervisor: string): readonly ChildFacts[] {
  const instances = source.supervisors.get(application)?.instancesOf(supervisor) ?? [];
  const named = instances.flatMap(({ children }) => children.children.values().toArray());
  return [...named, ...instances.flatMap(({ children }) => children.unnamed)];
}

function isNoEventManager(way: Way, { type }: ChildFacts, module: string): boolean {
  const started = way.source.modules.get(module)?.analysis;
  if (started === undefined || type === "supervisor" || module === "gen_event") return false;
  const startsManager = started.imports.some((each) => each.module === "gen_event" && each.name.startsWith("start"));
  const kind = processKindOf(started, way.source);
  return !startsManager && (kind === "gen_server" || kind === "gen_statem" || kind === "gen_fsm");
}
