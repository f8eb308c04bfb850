/** Callers and what they call, while an upgrade loads one module after the other, and when it is done. */
import type { BeamImport } from "../../beam/index.ts";
import { type Term, atomName } from "../../term/index.ts";
import type { ModuleAnalysis } from "../analysis/index.ts";
import type { Finding } from "./facts.ts";
import { type OwnedModule, type Way, suspendedAt } from "./way.ts";
import { shorten } from "./words.ts";

/** Between the loading of a caller and of what it calls there is a time in which the one does not fit the other. */
export function checkCallers(way: Way): Finding[] {
  const callers = new Activations(way);
  return [...way.loadedAt.keys()].flatMap((name) => {
    const [before, after] = [way.source.modules.get(name), way.target.modules.get(name)];
    if (after === undefined) return [];
    const at = callers.find(name);
    if (at === undefined) return [];
    return checkLate(way, after, at).concat(before === undefined ? [] : checkEarly(way, before, at));
  });
}

/** New code that calls what is only loaded after it. */
function checkLate(way: Way, { application, analysis }: OwnedModule, callerAt: number): Finding[] {
  const callees = callsOf(analysis, (module, name) => {
    const at = way.loadedAt.get(module);
    const [old, fresh] = [way.source.modules.get(module)?.analysis, way.target.modules.get(module)?.analysis];
    if (at === undefined || at < callerAt || fresh?.exports.has(name) !== true) return false;
    return old?.exports.has(name) !== true && !isHeld(way, analysis.name, callerAt, at);
  });
  if (callees.length === 0) return [];
  const message = `${analysis.name} is loaded before what it then calls: ${shorten(callees)}`;
  return [{ code: "callee-loaded-late", application, module: analysis.name, message }];
}

/** Old code that calls what has gone before it is replaced. */
function checkEarly(way: Way, { application, analysis }: OwnedModule, callerAt: number): Finding[] {
  const callees = callsOf(analysis, (module, name) => {
    const at = way.loadedAt.get(module) ?? way.removedAt.get(module);
    const [old, fresh] = [way.source.modules.get(module), way.target.modules.get(module)];
    if (at === undefined || at > callerAt || old?.analysis.exports.has(name) !== true) return false;
    if (fresh?.analysis.exports.has(name) === true || isHeld(way, analysis.name, at, callerAt)) return false;
    // Between the stop and the start of the callee's application, nothing of it is there anyhow.
    return !way.restarted.has(old.application);
  });
  if (callees.length === 0) return [];
  const message = `${analysis.name} calls what is already gone before it is replaced: ${shorten(callees)}`;
  return [{ code: "callee-loaded-early", application, module: analysis.name, message }];
}

/** Whether the processes of a module are suspended from before one place until after another. */
function isHeld(way: Way, module: string, first: number, last: number): boolean {
  return suspendedAt(way, first).has(module) && suspendedAt(way, last + 1).has(module);
}

/** Where the new code of modules begins to run. */
class Activations {
  readonly #way: Way;
  readonly #known = new Map<string, number | undefined>();

  constructor(way: Way) {
    this.#way = way;
  }

  /**
   * The place in the script from which on the new code of a module may run: where it is loaded, or, of one that did not exist,
   * where the first is loaded that names it. `undefined` if it does not run before all is done.
   */
  find(name: string): number | undefined {
    if (this.#known.has(name)) return this.#known.get(name);
    // Modules that name each other in a circle wait for one from outside.
    this.#known.set(name, undefined);
    const { loadedAt, source, target } = this.#way;
    const at = loadedAt.get(name);
    const owner = target.modules.get(name)?.application;
    const place =
      at === undefined || owner === undefined || this.#rests(owner, at)
        ? undefined
        : source.modules.has(name)
          ? at
          : this.#firstUse(name, at);
    this.#known.set(name, place);
    return place;
  }

  /** Whether nothing of an application runs at a place: it is stopped there, or not started before. */
  #rests(application: string, at: number): boolean {
    const restart = this.#way.restarted.get(application);
    if (restart !== undefined) return restart[0] < at && at < restart[1];
    return !this.#way.applications.some(({ name, source }) => name === application && source !== undefined);
  }

  #firstUse(name: string, at: number): number | undefined {
    const uses = [...this.#way.loadedAt.keys()].flatMap((user) =>
      user !== name && this.#names(user, name) ? (this.find(user) ?? []) : [],
    );
    for (const [place, step] of this.#way.steps.entries()) {
      if (step.kind === "apply" && (step.call.module === name || step.call.args.some((arg) => mentions(arg, name)))) {
        uses.push(place);
      }
    }
    return uses.length === 0 ? undefined : Math.max(at, Math.min(...uses));
  }

  #names(user: string, name: string): boolean {
    return this.#way.target.modules.get(user)?.analysis.atoms.has(name) === true;
  }
}

function mentions(term: Term, name: string): boolean {
  if (term.kind === "list" || term.kind === "tuple") return term.elements.some((each) => mentions(each, name));
  return atomName(term) === name;
}

/**
 * Calls in the new release of what this upgrade takes away. The older release ran before; and what calls into an application
 * that a release need not have is prepared for its absence.
 */
export function checkRemovedExports(way: Way): Finding[] {
  const removed = way.direction === "up" ? removedExports(way) : new Map<string, ReadonlySet<string>>();
  if (removed.size === 0) return [];
  const names = [...removed.keys()].map((name) => Buffer.from(name));
  return [...way.target.modules.values()].flatMap(({ application, analysis }): Finding[] => {
    // Most modules do not even name one of them, which is quicker to tell than what they call.
    const bytes = bytesOf(analysis);
    if (!names.some((name) => bytes.includes(name))) return [];
    const callees = callsOf(analysis, (module, name) => removed.get(module)?.has(name) === true);
    // Who asks whether a function is there before it calls it is prepared too.
    if (callees.length === 0 || analysis.calls("erlang", "function_exported")) return [];
    const message = `${analysis.name} calls what is no longer there: ${shorten(callees)}`;
    return [{ code: "removed-export-called", application, module: analysis.name, message }];
  });
}

function bytesOf({ module }: ModuleAnalysis): Buffer {
  const { buffer, byteOffset, byteLength } = module.beam.bytes;
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** The exports that modules lose, by module, in applications that the target has. */
function removedExports({ source, target }: Way): ReadonlyMap<string, ReadonlySet<string>> {
  const applications = new Set([...target.modules.values()].map(({ application }) => application));
  const removed = new Map<string, ReadonlySet<string>>();
  for (const [name, { application, analysis }] of source.modules) {
    const fresh = target.modules.get(name)?.analysis;
    if (fresh === analysis || !applications.has(application)) continue;
    const gone = fresh === undefined ? analysis.exports : analysis.exports.difference(fresh.exports);
    if (gone.size > 0) removed.set(name, gone);
  }
  return removed;
}

/** The functions of other modules that a module calls and for which `isWrong` holds, as `m:f/1`. */
function callsOf(analysis: ModuleAnalysis, isWrong: (module: string, name: string) => boolean): string[] {
  const isCall = ({ module, name, arity }: BeamImport): boolean =>
    module !== analysis.name && isWrong(module, `${name}/${arity}`);
  return analysis.imports.filter(isCall).map(({ module, name, arity }) => `${module}:${name}/${arity}`);
}
