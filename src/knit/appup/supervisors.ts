import { type Term, isAtom, printTerm } from "../../term/index.ts";
import { ModuleAnalysis, type Value, atomOf, termOf, tupleOf } from "../analysis/index.ts";
import type { ApplicationCode } from "../code/index.ts";
import { type KnownChildren, readChildren } from "./children.ts";

/** The supervisors of one version of an application: the names that they are started with, and their children. */
export class Supervisors {
  readonly #application: ApplicationCode;
  readonly #analyses = new Map<string, ModuleAnalysis>();
  #starts: readonly SupervisorStart[] | undefined;

  constructor(application: ApplicationCode) {
    this.#application = application;
  }

  /** What the `init/1` of a module gives. Throws `beam_malformed`. */
  childrenOf(module: string): KnownChildren {
    const analysis = this.#analysisOf(module);
    const init = analysis?.find("init", 1);
    return readChildren(analysis === undefined || init === undefined ? [] : analysis.resultsOf(init));
  }

  /**
   * The names under which supervisors of a module are registered, as a call takes them: `NAME`, `{global, NAME}`,
   * `{via, MODULE, NAME}`. None if it is started without a name, or with one that cannot be told from the code.
   */
  namesOf(module: string): readonly Term[] {
    this.#starts ??= this.#findStarts();
    const names = this.#starts.flatMap((start) => (start.module === module ? (start.name ?? []) : []));
    return [...new Map(names.map((name) => [printTerm(name, { format: "tw" }), name])).values()];
  }

  #analysisOf(name: string): ModuleAnalysis | undefined {
    const known = this.#analyses.get(name);
    if (known !== undefined) return known;
    const module = this.#application.modules.get(name);
    const analysis = module && new ModuleAnalysis(module);
    if (analysis !== undefined) this.#analyses.set(name, analysis);
    return analysis;
  }

  /** All calls of `supervisor:start_link/2,3` in the application. */
  #findStarts(): SupervisorStart[] {
    const analyses = [...this.#application.modules.keys()].flatMap((name) => this.#analysisOf(name) ?? []);
    return analyses
      .filter((analysis) => analysis.calls("supervisor", "start_link"))
      .flatMap((analysis) =>
        analysis.functions
          .flatMap((code) => analysis.eventsOf(code))
          .flatMap((event) => (event.kind === "external" && isStart(event.target) ? readStart(event.args) : [])),
      );
  }
}

/** A call that starts a supervisor. */
interface SupervisorStart {
  readonly module: string | undefined;
  readonly name: Term | undefined;
}

function isStart({ module, name }: { readonly module: string; readonly name: string }): boolean {
  return module === "supervisor" && name === "start_link";
}

/** `(NAME, MODULE, ARGUMENT)`, or `(MODULE, ARGUMENT)`. */
function readStart(args: readonly Value[]): SupervisorStart {
  const [first, second] = args;
  if (args.length === 2) return { module: atomOf(first), name: undefined };
  return { module: atomOf(second), name: readName(first) };
}

function readName(value: Value | undefined): Term | undefined {
  const term = value && termOf(value);
  if (term === undefined) return undefined;
  const [scope, name] = tupleOf(value) ?? [];
  return isAtom(scope && termOf(scope), "local") ? name && termOf(name) : term;
}
