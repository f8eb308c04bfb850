/**
 * Follows each way through a function by itself: where a test cannot be decided, both ways are followed, with what each knows.
 *
 * It takes more time than `evaluateFunction`, and tells more: what comes of conditions, comprehensions and helpers. Calls are followed
 * within the modules that it is given. What it does not understand is `UNKNOWN`, never guessed; what takes too long is given up.
 */
import type { FunctionCode, Instruction } from "../../../beam/index.ts";
import type { ModuleAnalysis } from "../module-analysis.ts";
import { UNKNOWN, type Value } from "../value.ts";
import { kindOf } from "./compare.ts";
import { Frame } from "./frame.ts";
import { keyOfValue, limited, sizeOf } from "./key.ts";
import { pureResult } from "./pure-functions.ts";
import { type Outcome, type StepTools, takeStep } from "./step.ts";

/** A call of a function whose code was not followed. */
export interface OutsideCall {
  readonly module: string;
  readonly name: string;
  readonly args: readonly Value[];
}

export interface ExplorerOptions {
  /** The modules whose calls are followed. */
  readonly findModule: (name: string) => ModuleAnalysis | undefined;
  /** Modules of libraries, of which a call is followed as long as it comes to its end soon. Default: none. */
  readonly findLibrary?: (name: string) => ModuleAnalysis | undefined;
  /** Is told of every call of another function, on whatever way. What is `"ended"` is not followed beyond that call. */
  readonly onCall?: (call: OutsideCall) => "ended" | void;
  /** How many instructions several explorers may follow together. Default: no limit but that of each. */
  readonly budget?: { left: number };
  /** How many instructions this one may follow. Default: 20,000, as the children of a large supervisor take some thousands. */
  readonly maxSteps?: number;
}

/** So many instructions are followed, all ways together. */
const MAX_STEPS = 20_000;
/** So many for one call of a library. */
const MAX_LIBRARY_STEPS = 2000;
const MAX_DEPTH = 200;
/** A function with more results than that is one that nothing is known of. */
const MAX_RESULTS = 64;
/** More ways at once than that come from conditions without end. */
const MAX_WAYS = 512;

export class Explorer {
  readonly #options: ExplorerOptions;
  readonly #calls: { readonly code: FunctionCode; readonly args: readonly Value[] }[] = [];
  #steps = 0;

  constructor(options: ExplorerOptions) {
    this.#options = options;
  }

  /**
   * What a function gives, the result of each way through it, equal ones once. A way that ends in an exception gives nothing. Throws
   * `beam_malformed`.
   */
  resultsOf(analysis: ModuleAnalysis, code: FunctionCode, given: readonly Value[]): readonly Value[] {
    const args = given.map(limited);
    const before = this.#calls.findLast((call) => call.code === code);
    if ((before !== undefined && !isNearerToItsEnd(args, before.args)) || this.#calls.length >= MAX_DEPTH)
      return [UNKNOWN];
    this.#calls.push({ code, args });
    try {
      return this.#follow(analysis, code, args);
    } finally {
      this.#calls.pop();
    }
  }

  #follow(analysis: ModuleAnalysis, code: FunctionCode, args: readonly Value[]): readonly Value[] {
    const results = new Map<string, Value>();
    const labels = analysis.labelsOf(code);
    const tools = this.#toolsOf(analysis);
    const ways = [new Frame(args)];
    for (let way = ways.pop(); way !== undefined; way = ways.pop()) {
      const outcome = this.#run(way, code.instructions, labels, tools, ways);
      if (outcome === "gave up" || ways.length > MAX_WAYS || results.size > MAX_RESULTS) return [UNKNOWN];
      for (const value of outcome.map(limited)) results.set(keyOfValue(value), value);
    }
    return [...results.values()];
  }

  /** Follows one way to its end; those that branch off go to `ways`. */
  #run(
    frame: Frame,
    instructions: readonly Instruction[],
    labels: ReadonlyMap<number, number>,
    tools: StepTools,
    ways: Frame[],
  ): readonly Value[] | "gave up" {
    const { budget, maxSteps = MAX_STEPS } = this.#options;
    const branch = (to: Frame, label: number): void => {
      const place = labels.get(label);
      // The label before the function: no clause matches.
      if (place === undefined) return;
      to.at = place;
      ways.push(to);
    };
    for (;;) {
      if (++this.#steps > maxSteps || (budget !== undefined && budget.left-- <= 0)) return "gave up";
      const instruction = instructions[frame.at];
      if (instruction === undefined) return "gave up";
      frame.at++;
      const outcome: Outcome = takeStep(instruction, frame, tools);
      if (outcome.kind === "end") return outcome.values;
      if (outcome.kind === "give up") return "gave up";
      for (const { frame: other, label } of outcome.branches) branch(other, label);
      if (outcome.kind === "dead") return [];
      if (outcome.kind === "jump") {
        const place = labels.get(outcome.label);
        if (place === undefined) return [];
        frame.at = place;
      }
      for (const other of outcome.copies) ways.push(other);
    }
  }

  #callLibrary(module: string, name: string, args: readonly Value[]): readonly Value[] {
    const { findLibrary, budget } = this.#options;
    const library = findLibrary?.(module);
    const code = library?.find(name, args.length);
    if (library === undefined || code === undefined) return [UNKNOWN];
    const findModule = (other: string): ModuleAnalysis | undefined => findLibrary?.(other);
    const explorer = new Explorer({ findModule, maxSteps: MAX_LIBRARY_STEPS, ...(budget && { budget }) });
    return explorer.resultsOf(library, code, args.map(withoutFuns)).map(withoutFuns);
  }

  #toolsOf(analysis: ModuleAnalysis): StepTools {
    const callLocal = (label: number, args: readonly Value[]): readonly Value[] => {
      const code = analysis.functionAt(label);
      return code === undefined ? [UNKNOWN] : this.resultsOf(analysis, code, args);
    };
    const callFun = (fun: Value, args: readonly Value[]): readonly Value[] => {
      if (fun.kind === "fun") return callLocal(fun.fun.label, [...args, ...fun.free]);
      if (fun.kind !== "term" || fun.term.kind !== "export") return [UNKNOWN];
      return callOutside(fun.term.module, fun.term.function, args);
    };
    const callOutside = (module: string, name: string, args: readonly Value[]): readonly Value[] => {
      const other = module === analysis.name ? analysis : this.#options.findModule(module);
      const code = other?.find(name, args.length);
      if (other !== undefined && code !== undefined) {
        if (other === analysis) return this.resultsOf(other, code, args);
        // A fun of one module would mean another function in the other one.
        return this.resultsOf(other, code, args.map(withoutFuns)).map(withoutFuns);
      }
      if (this.#options.onCall?.({ module, name, args }) === "ended") return [];
      const single = (fun: Value, given: readonly Value[]): Value => {
        const [first, ...others] = callFun(fun, given);
        return first === undefined || others.length > 0 ? UNKNOWN : first;
      };
      const pure = pureResult(`${module}:${name}/${args.length}`, args, single);
      return pure === undefined ? this.#callLibrary(module, name, args) : [pure];
    };
    return {
      imports: analysis.imports,
      funs: analysis.funs,
      callLocal,
      callFun,
      callOutside,
      pure: (module, name, args) => pureResult(`${module}:${name}/${args.length}`, args, () => UNKNOWN),
    };
  }
}

/** Whether a function that calls itself comes to its end so: something known is another one, and not larger. */
function isNearerToItsEnd(args: readonly Value[], before: readonly Value[]): boolean {
  return args.some((value, at) => {
    const previous = before[at];
    if (previous === undefined || kindOf(value) === undefined) return false;
    const difference = sizeOf(value) - sizeOf(previous);
    return difference < 0 || (difference === 0 && keyOfValue(value) !== keyOfValue(previous));
  });
}

function withoutFuns(value: Value): Value {
  switch (value.kind) {
    case "fun":
      return UNKNOWN;
    case "tuple":
      return { kind: "tuple", elements: value.elements.map(withoutFuns) };
    case "cons":
      return { kind: "cons", head: withoutFuns(value.head), tail: withoutFuns(value.tail) };
    case "map":
      return { kind: "map", entries: value.entries.map(([key, content]) => [withoutFuns(key), withoutFuns(content)]) };
    default:
      return value;
  }
}
