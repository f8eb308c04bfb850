import { EnitError } from "../../error/index.ts";
import { type Term, isAtom, isTuple, printTerm } from "../../term/index.ts";
import {
  Explorer,
  type ExplorerOptions,
  ModuleAnalysis,
  type OutsideCall,
  type Value,
  atomOf,
  termOf,
} from "../analysis/index.ts";
import type { ApplicationCode, ModuleCode } from "../code/index.ts";
import type { Behaviours } from "./behaviours.ts";
import { type ChildStart, type KnownChildren, readChildren } from "./children.ts";

/** A supervisor that an application starts, as far as it can be told from code. */
export interface SupervisorInstance {
  readonly module: string;
  /** As calls take it: `NAME`, `{global, NAME}`, `{via, MODULE, NAME}`; `undefined` if it has none or that cannot be told. */
  readonly name: Term | undefined;
  readonly children: KnownChildren;
  /** Whether it runs for sure. */
  readonly isCertain: boolean;
}

const UNKNOWN: Value = { kind: "unknown" };

/** So many instructions are followed for one application, some tenths of a second at most. */
const MAX_STEPS = 150_000;
/** So many for one call; and no more than a quarter of what is left, so that something is left for others. */
const MAX_CALL_STEPS = 20_000;

/**
 * The supervisors of one version of an application: found by following its start, from `start/2` of its callback module to the
 * top supervisor and on to its children; and, where that does not lead to a module, by what its exported functions do for any arguments.
 */
export class Supervisors {
  readonly #application: ApplicationCode;
  readonly #behaviours: Behaviours;
  readonly #isPermanent: boolean;
  readonly #budget = { left: MAX_STEPS };
  readonly #analyses = new Map<string, ModuleAnalysis>();
  #started: readonly SupervisorInstance[] | undefined;
  #others: readonly SupervisorInstance[] | undefined;

  /** `isPermanent`: whether the application runs whenever the system does. */
  constructor(application: ApplicationCode, behaviours: Behaviours, isPermanent: boolean) {
    this.#application = application;
    this.#behaviours = behaviours;
    this.#isPermanent = isPermanent;
  }

  isFor(behaviours: Behaviours, isPermanent: boolean): boolean {
    return this.#behaviours === behaviours && this.#isPermanent === isPermanent;
  }

  get version(): string {
    return this.#application.version;
  }

  /** The supervisors of a module, one at least. Throws `beam_malformed`. */
  instancesOf(module: string): readonly SupervisorInstance[] {
    this.#started ??= this.#followStart();
    const isOfModule = (each: SupervisorInstance): boolean => each.module === module;
    const started = this.#started.filter(isOfModule);
    if (started.length > 0) return started;
    this.#others ??= this.#scanFunctions();
    const others = this.#others.filter(isOfModule);
    if (others.length > 0) return others;
    return [{ module, name: undefined, children: this.#childrenOf(module, UNKNOWN), isCertain: false }];
  }

  /** Whether a call that starts a child goes to a function of this application that is not exported. Throws `beam_malformed`. */
  isUndefined({ module, function: name, args }: ChildStart): boolean {
    const analysis = this.#analysisOf(module);
    return analysis !== undefined && !analysis.exports.has(`${name}/${args.length}`);
  }

  #followStart(): SupervisorInstance[] {
    const { mod } = this.#application.spec;
    if (mod === undefined) return [];
    const [module, argument] = mod;
    const instances = new Map<string, SupervisorInstance>();
    const start: ChildStart = { module, function: "start", args: [UNKNOWN, valueOf(argument)] };
    const open = [{ start, isCertain: this.#isPermanent }];
    for (const { start: next, isCertain } of open) {
      const found = this.#startedBy(next);
      // Of several, which one is started depends on something.
      const isAlways = isCertain && found.length === 1 && this.#alwaysStarts(next);
      for (const { supervisor, argument: initArgument, name } of found) {
        const key = `${supervisor} ${name === undefined ? "" : shown(name)} ${shownValue(initArgument)}`;
        if (instances.has(key)) continue;
        const children = this.#childrenOf(supervisor, initArgument);
        instances.set(key, { module: supervisor, name, children, isCertain: isAlways });
        for (const child of children.children.values()) {
          if (child.call === undefined) continue;
          open.push({ start: child.call, isCertain: isAlways && child.isCertain && !child.isTemporary });
        }
      }
    }
    return [...instances.values()];
  }

  #scanFunctions(): SupervisorInstance[] {
    const analyses = [...this.#application.modules.keys()].flatMap((name) => this.#analysisOf(name) ?? []);
    return analyses
      .filter((analysis) => analysis.calls("supervisor", "start_link"))
      .flatMap((analysis) => [...analysis.exports].map((name) => ({ module: analysis.name, name })))
      .flatMap(({ module, name }) => {
        const slash = name.lastIndexOf("/");
        const args = Array.from({ length: Number(name.slice(slash + 1)) }, () => UNKNOWN);
        return this.#startedBy({ module, function: name.slice(0, slash), args });
      })
      .map(({ supervisor, argument, name }) => ({
        module: supervisor,
        name,
        children: this.#childrenOf(supervisor, argument),
        isCertain: false,
      }));
  }

  /** The supervisors that a call starts, those of this application. */
  #startedBy({ module, function: name, args }: ChildStart): SupervisorStart[] {
    const starts: SupervisorStart[] = [];
    const onCall = (call: OutsideCall): void => {
      const start = readStart(call);
      if (start !== undefined && this.#application.modules.has(start.supervisor)) starts.push(start);
    };
    // A specification may name supervisor:start_link itself.
    onCall({ module, name, args });
    this.#explore(module, name, args, { onCall });
    return starts;
  }

  /** Whether a call has no way to its end that does not start a supervisor. */
  #alwaysStarts({ module, function: name, args }: ChildStart): boolean {
    const onCall = (call: OutsideCall): "ended" | void => (readStart(call) === undefined ? undefined : "ended");
    return this.#explore(module, name, args, { onCall }).length === 0;
  }

  #childrenOf(module: string, argument: Value): KnownChildren {
    return readChildren(this.#explore(module, "init", [argument], { findLibrary: (name) => this.#libraryOf(name) }));
  }

  #explore(
    module: string,
    name: string,
    args: readonly Value[],
    options: Pick<ExplorerOptions, "findLibrary" | "onCall">,
  ): readonly Value[] {
    const analysis = this.#analysisOf(module);
    const findModule = (each: string): ModuleAnalysis | undefined => this.#analysisOf(each);
    try {
      const code = analysis?.find(name, args.length);
      if (analysis === undefined || code === undefined) return [];
      const maxSteps = Math.min(MAX_CALL_STEPS, this.#budget.left / 4);
      const explorer = new Explorer({ findModule, budget: this.#budget, maxSteps, ...options });
      return explorer.resultsOf(analysis, code, args);
    } catch (error) {
      // Code of an OTP that is later than all known ones has instructions that nobody here knows: what it does is not known.
      if (error instanceof EnitError && error.code === "beam_malformed") return [UNKNOWN];
      throw error;
    }
  }

  /** Modules of other applications, which may put specifications together for their users. */
  #libraryOf(name: string): ModuleAnalysis | undefined {
    return this.#analyse(name, this.#behaviours.findModule(name));
  }

  #analysisOf(name: string): ModuleAnalysis | undefined {
    return this.#analyse(name, this.#application.modules.get(name));
  }

  #analyse(name: string, module: ModuleCode | undefined): ModuleAnalysis | undefined {
    const found = this.#analyses.get(name);
    if (found !== undefined || module === undefined) return found;
    const analysis = new ModuleAnalysis(module);
    this.#analyses.set(name, analysis);
    return analysis;
  }
}

const known = new WeakMap<ApplicationCode, Supervisors>();

/** The supervisors of an application, worked out once: there are many older versions for one newer one. */
export function supervisorsOf(application: ApplicationCode, behaviours: Behaviours, isPermanent: boolean): Supervisors {
  const found = known.get(application);
  if (found?.isFor(behaviours, isPermanent) === true) return found;
  const supervisors = new Supervisors(application, behaviours, isPermanent);
  known.set(application, supervisors);
  return supervisors;
}

interface SupervisorStart {
  readonly supervisor: string;
  readonly argument: Value;
  readonly name: Term | undefined;
}

/** `supervisor:start_link(NAME, MODULE, ARGUMENT)`, or `(MODULE, ARGUMENT)`. */
function readStart({ module, name, args }: OutsideCall): SupervisorStart | undefined {
  if (module !== "supervisor" || name !== "start_link" || args.length < 2) return undefined;
  const supervisor = atomOf(args.at(-2));
  const argument = args.at(-1);
  if (supervisor === undefined || argument === undefined) return undefined;
  return { supervisor, argument, name: args.length === 3 ? readName(args[0]) : undefined };
}

function readName(value: Value | undefined): Term | undefined {
  const term = value && termOf(value);
  if (!isTuple(term)) return undefined;
  const [scope, name] = term.elements;
  return isAtom(scope, "local") ? name : term;
}

function valueOf(term: Term): Value {
  return { kind: "term", term };
}

function shownValue(value: Value): string {
  const term = termOf(value);
  return term === undefined ? "?" : shown(term);
}

function shown(term: Term): string {
  return printTerm(term, { format: "tw" });
}
