/** Supervisors: they take part in an upgrade by calling `init/1` again, and start and stop nothing by themselves. */
import { type ModuleAnalysis, fingerprint } from "../analysis/index.ts";
import { type SupervisorVersions, diffChildren, isToldOtherwise, pairSupervisors } from "../appup/index.ts";
import { type Term, equalTerms, printTerm } from "../../term/index.ts";
import type { Finding } from "./facts.ts";
import { processKindOf } from "./process-kind.ts";
import { type ChangedModule, type Way, changedModules, endsVm, placesOf, sideAt, suspendedAt } from "./way.ts";

/** What is wrong with supervisors on a way. */
export function checkSupervisors(way: Way): Finding[] {
  if (!way.hasSteps || endsVm(way)) return [];
  const changed = changedModules(way).flatMap((each) => {
    if (!way.loadedAt.has(each.name) || way.restarted.has(each.application)) return [];
    if (processKindOf(each.source, way.source) !== "supervisor") return [];
    const isUpdated = placesOf(way, "code_change", each.name).length > 0;
    return isUpdated ? checkChildren(way, each.application, each.name) : checkOnlyLoaded(each);
  });
  return [...changed, ...checkAffected(way), ...checkInit(way), ...checkSuspended(way)];
}

/** Supervisors whose own code is the same, but whose children come from modules that change. */
function checkAffected(way: Way): Finding[] {
  const changed = changedModules(way);
  const names = new Set(changed.map(({ name }) => name));
  const applications = new Set(changed.map(({ application }) => application));
  return way.source.modules
    .values()
    .toArray()
    .flatMap(({ application, analysis }): Finding[] => {
      const { name } = analysis;
      if (!applications.has(application) || way.restarted.has(application)) return [];
      if (names.has(name) || !analysis.imports.some(({ module }) => names.has(module))) return [];
      if (processKindOf(analysis, way.source) !== "supervisor") return [];
      if (placesOf(way, "code_change", name).length > 0) return checkChildren(way, application, name);
      const versions = versionsOf(way, application);
      if (versions === undefined || !isToldOtherwise(name, versions)) return [];
      const message = `the children of the supervisor ${name} come from modules that change, and it is not updated: it keeps the specifications that it has`;
      return [{ code: "supervisor-only-loaded", application, module: name, message }];
    });
}

/** The supervisors of an application in both releases. */
function versionsOf({ source, target }: Way, application: string): SupervisorVersions | undefined {
  const [before, after] = [source, target].map(({ supervisors }) => supervisors.get(application));
  return before && after && { before, after };
}

function checkOnlyLoaded({ application, name, source, target }: ChangedModule): Finding[] {
  const [old, fresh] = [source.find("init", 1), target.find("init", 1)];
  if (old === undefined || fresh === undefined || fingerprint(source, old) === fingerprint(target, fresh)) return [];
  const message = `init/1 of the supervisor ${name} changes, and the module is merely loaded: the supervisor that runs keeps the specifications that it has`;
  return [{ code: "supervisor-only-loaded", application, module: name, message }];
}

/** An update makes the new specifications known; it starts no child, and stops none. */
function checkChildren(way: Way, application: string, name: string): Finding[] {
  const versions = versionsOf(way, application);
  if (versions === undefined) return [];
  const findings: Finding[] = [];
  for (const [older, newer] of pairSupervisors(name, versions)) {
    const { fresh, unsure, gone } = diffChildren(older, newer);
    for (const child of [...fresh, ...gone]) {
      const { id, isCertain } = child;
      if (!isCertain || unsure.has(child) || isNamed(way, application, id)) continue;
      const isNew = fresh.includes(child);
      const message = isNew
        ? `${name} has a new child ${shown(id)}, and nothing starts it`
        : `the child ${shown(id)} of ${name} is gone, and nothing stops the one that runs`;
      const code = isNew ? "supervisor-child-not-started" : "supervisor-child-not-stopped";
      findings.push({ code, application, module: name, message });
    }
  }
  return findings;
}

/** Whether the script calls something that names a child, or that is the application's own and may see to it. */
function isNamed(way: Way, application: string, id: Term): boolean {
  return way.steps.some((step) => {
    if (step.kind !== "apply") return false;
    const { module, args } = step.call;
    const owner = (way.target.modules.get(module) ?? way.source.modules.get(module))?.application;
    return owner === application || args.some((each) => holds(each, id));
  });
}

function holds(term: Term, wanted: Term): boolean {
  if (equalTerms(term, wanted)) return true;
  if (term.kind === "tuple" || term.kind === "list") return term.elements.some((each) => holds(each, wanted));
  return term.kind === "map" && term.entries.flat().some((each) => holds(each, wanted));
}

/** The supervisors that are updated call `init/1` of the code that is there then. */
function checkInit(way: Way): Finding[] {
  const updated = new Set(way.steps.flatMap((step) => (step.kind === "code_change" ? step.modules : [])));
  return [...updated].flatMap((name): Finding[] => {
    const [place = 0] = placesOf(way, "code_change", name);
    const side = sideAt(way, name, place);
    const module = side.modules.get(name);
    if (module === undefined || processKindOf(module.analysis, side) !== "supervisor") return [];
    const effects = effectsOfInit(module.analysis);
    if (effects.length === 0) return [];
    const message = `the update of ${name} calls its init/1 again, which calls ${effects.join(", ")}`;
    return [{ code: "supervisor-init-side-effects", application: module.application, module: name, message }];
  });
}

/** Functions that fail or leave something behind when they are called once more, by module; `true` for all of them. */
const EFFECTS: Readonly<Record<string, readonly string[] | true>> = {
  erlang: ["register", "spawn", "spawn_link", "spawn_monitor", "spawn_opt", "open_port", "send_after", "start_timer"],
  proc_lib: ["spawn", "spawn_link", "spawn_opt", "start", "start_link", "start_monitor"],
  gen_server: ["start", "start_link", "start_monitor"],
  gen_statem: ["start", "start_link", "start_monitor"],
  gen_event: ["start", "start_link", "start_monitor", "add_handler", "add_sup_handler"],
  supervisor: ["start_link", "start_child"],
  ets: ["new"],
  gen_tcp: ["listen"],
  gen_udp: ["open"],
  gen_sctp: ["open"],
  ssl: ["listen"],
  timer: ["send_interval", "apply_interval", "send_after", "apply_after"],
  ranch: ["start_listener"],
  cowboy: ["start_clear", "start_tls", "start_http", "start_https"],
};

/** What `init/1` of a supervisor calls, directly or by local functions, that cannot be done twice. */
function effectsOfInit(analysis: ModuleAnalysis): string[] {
  const init = analysis.find("init", 1);
  if (init === undefined) return [];
  const events = analysis.reachableFrom(init).flatMap((code) => analysis.eventsOf(code));
  const calls = events.flatMap((event) => (event.kind === "external" && !event.isCaught ? [event.target] : []));
  const called = new Set(calls.map(({ module, name }) => `${module}:${name}`));
  const isGuarded = (module: string): boolean =>
    module === "ets"
      ? called.has("ets:info") || called.has("ets:whereis")
      : called.has("erlang:whereis") || called.has("erlang:function_exported");
  const effects = calls.flatMap(({ module, name, arity }) => {
    const names = Object.hasOwn(EFFECTS, module) ? EFFECTS[module] : undefined;
    const isEffect =
      names === true || names?.includes(name) === true || (name === "start_link" && module !== analysis.name);
    return isEffect && !isGuarded(module) ? [`${module}:${name}/${arity}`] : [];
  });
  return [...new Set(effects)];
}

/** Who looks through the supervision tree while a supervisor is suspended makes the upgrade fail, and the VM restart. */
function checkSuspended(way: Way): Finding[] {
  return way.steps.flatMap((step, at): Finding[] => {
    const call = step.kind === "apply" && step.call.module === "supervisor" ? step.call : undefined;
    if (step.kind !== "suspend" && step.kind !== "stop" && call === undefined) return [];
    const supervisors = [...suspendedAt(way, at)].filter((name) => {
      const module = way.source.modules.get(name)?.analysis;
      return module !== undefined && processKindOf(module, way.source) === "supervisor";
    });
    return supervisors.flatMap((name): Finding[] => {
      const [asked] = call?.args ?? [];
      if (call !== undefined && !(asked?.kind === "atom" && asked.name === name)) return [];
      const what =
        call === undefined ? `${step.kind} looks through all supervisors` : `supervisor:${call.function} asks it`;
      const message = `${name} is suspended when ${what}, which it cannot answer: the upgrade fails and the VM restarts`;
      const { application } = way.source.modules.get(name) ?? {};
      return [{ code: "supervisor-suspended", application, module: name, message }];
    });
  });
}

function shown(id: Term): string {
  return printTerm(id, { format: "tw" });
}
