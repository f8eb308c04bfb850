/** Order: what is called before it is there, and what happens at a wrong moment. */
import { atomName, isTagged } from "../../term/index.ts";
import { isCore, startsNewVm } from "./coverage.ts";
import type { Finding, UpgradeFacts } from "./facts.ts";
import type { Call } from "./steps.ts";
import { type OwnedModule, type Way, suspendedAt } from "./way.ts";

/** What OTP refuses, whatever the way. */
export function checkRefused({ refused }: UpgradeFacts): Finding[] {
  if (refused === undefined) return [];
  return [{ code: "relup-refused", application: refused.application, message: refused.message }];
}

/** What is wrong with the order of a way. */
export function checkOrder(way: Way): Finding[] {
  return [
    ...checkRestarts(way),
    ...checkGroups(way),
    ...checkCallers(way),
    ...checkRemovedExports(way),
    ...checkCalls(way),
  ];
}

function checkRestarts({ applications }: Way): Finding[] {
  return applications.flatMap(({ name, instructions }) => {
    if (instructions?.some((each) => isTagged(each, "restart_application", 2)) !== true) return [];
    const named = instructions.flatMap((each) =>
      isTagged(each, "restart_application", 2) ? (atomName(each.elements[1]) ?? []) : [],
    );
    return named.map((application): Finding => {
      const by = application === name ? "" : ` by the appup of ${name}`;
      const message = `${application} is stopped and started${by}: its processes end, its connections drop`;
      return { code: "application-restarted", application, message };
    });
  });
}

function checkGroups(way: Way): Finding[] {
  return way.steps.flatMap((step) => {
    if (step.kind !== "suspend" || step.modules.length < 2) return [];
    const [module] = step.modules;
    const application = ownerOf(way, module ?? "");
    const message = `the processes of ${step.modules.join(", ")} are suspended together, since their instructions depend on each other`;
    return [{ code: "group-suspended", application, module, message } satisfies Finding];
  });
}

/** Between the loading of a caller and of what it calls there is a time in which the one does not fit the other. */
function checkCallers(way: Way): Finding[] {
  return [...way.loadedAt].flatMap(([name, callerAt]) => {
    const [before, after] = [way.source.modules.get(name), way.target.modules.get(name)];
    if (after === undefined || runsNot(way, after.application, callerAt)) return [];
    return checkLate(way, after, callerAt).concat(before === undefined ? [] : checkEarly(way, before, callerAt));
  });
}

/** New code that calls what is only loaded after it. */
function checkLate(way: Way, { application, analysis }: OwnedModule, callerAt: number): Finding[] {
  return calleesOf(analysis.imports, analysis.name, (module, name) => {
    const at = way.loadedAt.get(module);
    const [old, fresh] = [way.source.modules.get(module)?.analysis, way.target.modules.get(module)?.analysis];
    if (at === undefined || at < callerAt || fresh?.exports.has(name) !== true) return false;
    return old?.exports.has(name) !== true && !isHeld(way, analysis.name, callerAt, at);
  }).map(([callee, functions]) => ({
    code: "callee-loaded-late",
    application,
    module: analysis.name,
    message: `${analysis.name} calls ${functions} and is loaded before ${callee}, which has no such function before`,
  }));
}

/** Old code that calls what has gone before it is replaced. */
function checkEarly(way: Way, { application, analysis }: OwnedModule, callerAt: number): Finding[] {
  return calleesOf(analysis.imports, analysis.name, (module, name) => {
    const at = way.loadedAt.get(module) ?? way.removedAt.get(module);
    const [old, fresh] = [way.source.modules.get(module)?.analysis, way.target.modules.get(module)?.analysis];
    if (at === undefined || at > callerAt || old?.exports.has(name) !== true) return false;
    if (fresh?.exports.has(name) === true || isHeld(way, analysis.name, at, callerAt)) return false;
    // Between the stop and the start of the callee's application, nothing of it is there anyhow.
    return !way.restarted.has(way.source.modules.get(module)?.application ?? "");
  }).map(([callee, functions]) => ({
    code: "callee-loaded-early",
    application,
    module: analysis.name,
    message: `the old ${analysis.name} calls ${functions}, which is gone before the new ${analysis.name} is loaded (${callee} comes first)`,
  }));
}

/** The functions of other modules for which `isWrong` holds, module by module: `m:f/1, m:g/2`. */
function calleesOf(
  imports: OwnedModule["analysis"]["imports"],
  self: string,
  isWrong: (module: string, name: string) => boolean,
): [callee: string, functions: string][] {
  const wrong = new Map<string, string[]>();
  for (const { module, name, arity } of imports) {
    if (module === self || !isWrong(module, `${name}/${arity}`)) continue;
    wrong.set(module, [...(wrong.get(module) ?? []), `${module}:${name}/${arity}`]);
  }
  return [...wrong].map(([module, functions]) => [module, functions.join(", ")]);
}

/** Whether nothing of an application runs at a place: it is stopped there, or not started before. */
function runsNot(way: Way, application: string, at: number): boolean {
  const restart = way.restarted.get(application);
  if (restart !== undefined) return restart[0] < at && at < restart[1];
  return !way.applications.some(({ name, source }) => name === application && source !== undefined);
}

/** Whether the processes of a module are suspended from before one place until after another. */
function isHeld(way: Way, module: string, first: number, last: number): boolean {
  return suspendedAt(way, first).has(module) && suspendedAt(way, last + 1).has(module);
}

/**
 * Calls in the new release of what this upgrade takes away. The older release ran before; and what calls into an application
 * that a release need not have is prepared for its absence.
 */
function checkRemovedExports(way: Way): Finding[] {
  if (way.direction === "down") return [];
  const applications = new Set([...way.target.modules.values()].map(({ application }) => application));
  const findings: Finding[] = [];
  for (const { application, analysis } of way.target.modules.values()) {
    const callees = calleesOf(analysis.imports, analysis.name, (module, name) => {
      const [old, fresh] = [way.source.modules.get(module), way.target.modules.get(module)];
      if (old === undefined || !applications.has(old.application) || old.analysis === fresh?.analysis) return false;
      return old.analysis.exports.has(name) && fresh?.analysis.exports.has(name) !== true;
    });
    // Who asks whether a function is there before it calls it is prepared too.
    if (callees.length === 0 || analysis.calls("erlang", "function_exported")) continue;
    for (const [callee, functions] of callees) {
      const gone = way.target.modules.has(callee) ? "no longer exported" : "gone with its module";
      const message = `${analysis.name} calls ${functions}, which is ${gone}`;
      findings.push({ code: "removed-export-called", application, module: analysis.name, message });
    }
  }
  return findings;
}

/** The calls of the script itself. */
function checkCalls(way: Way): Finding[] {
  const point = way.steps.findIndex(({ kind }) => kind === "point_of_no_return");
  return way.steps.flatMap((step, at) => {
    if (step.kind !== "apply") return [];
    const { call } = step;
    const application = ownerOf(way, call.module);
    const findings: Finding[] = [];
    if (at < point) {
      const message = `${shown(call)} is called before the point of no return: once to check the release, once to install it`;
      findings.push({ code: "apply-before-point-of-no-return", application, module: call.module, message });
    }
    const reason = whyUndefined(way, call, at);
    if (reason !== undefined) {
      const message = `${shown(call)} is called, and ${reason}`;
      findings.push({ code: "apply-undefined", application, module: call.module, message });
    }
    return findings;
  });
}

function whyUndefined(way: Way, { module, function: name, args }: Call, at: number): string | undefined {
  const wanted = `${name}/${args.length}`;
  const [old, fresh] = [way.source.modules.get(module), way.target.modules.get(module)];
  if (old === undefined && fresh === undefined) {
    return way.facts.preloaded.has(module) ? undefined : "neither release has that module";
  }
  const loaded = (way.loadedAt.get(module) ?? Number.POSITIVE_INFINITY) < at;
  const removed = (way.removedAt.get(module) ?? Number.POSITIVE_INFINITY) < at;
  if (removed) return "the module has been removed by then";
  const isThere = loaded || (startsNewVm(way) && isCore(fresh?.application ?? ""));
  const code = isThere ? fresh : old;
  if (code === undefined) return "the module is only loaded after that";
  if (code.analysis.exports.has(wanted)) return undefined;
  const isElsewhere = (isThere ? old : fresh)?.analysis.exports.has(wanted) === true;
  if (!isElsewhere) return `${module} exports no ${wanted}`;
  return isThere
    ? `the new code, which is there by then, no longer exports ${wanted}`
    : `the old code, which is still there then, does not export ${wanted}`;
}

function shown({ module, function: name, args }: Call): string {
  return `${module}:${name}/${args.length}`;
}

/** The application that has a module, in the release that is gone to if it is there. */
export function ownerOf(way: Way, module: string): string | undefined {
  return (way.target.modules.get(module) ?? way.source.modules.get(module))?.application;
}
