import {
  type BeamFun,
  type BeamImport,
  type FunctionCode,
  OPCODE,
  inBeamFile,
  readExports,
  readFunctionCode,
  readFuns,
  readImportTable,
  readRecords,
} from "../../beam/index.ts";
import { EnitError } from "../../error/index.ts";
import type { ModuleCode } from "../code/index.ts";
import { type CodeEvent, evaluateFunction } from "./evaluate.ts";
import type { Value } from "./value.ts";
import { Explorer } from "./ways/index.ts";

/**
 * What the code of a module does, as far as it can be told without running it; each part is worked out when it is asked for.
 *
 * Everything but the code itself throws `beam_malformed` with the file if that is damaged.
 */
export class ModuleAnalysis {
  readonly module: ModuleCode;
  #exports: ReadonlySet<string> | undefined;
  #atoms: ReadonlySet<string> | undefined;
  #imports: readonly BeamImport[] | undefined;
  #funs: readonly BeamFun[] | undefined;
  #functions: readonly FunctionCode[] | undefined;
  #byLabel: ReadonlyMap<number, FunctionCode> | undefined;
  readonly #labels = new Map<FunctionCode, ReadonlyMap<number, number>>();
  readonly #events = new Map<FunctionCode, readonly CodeEvent[]>();

  constructor(module: ModuleCode) {
    this.module = module;
  }

  get name(): string {
    return this.module.name;
  }

  /** The exported functions, as `name/arity`. */
  get exports(): ReadonlySet<string> {
    return (this.#exports ??= new Set(this.#read(readExports).map(({ name, arity }) => `${name}/${arity}`)));
  }

  /** All atoms that the code names, those within literals left out. */
  get atoms(): ReadonlySet<string> {
    return (this.#atoms ??= this.#read(
      ({ atoms }) => new Set(Array.from({ length: atoms.size }, (_, at) => atoms.name(at + 1))),
    ));
  }

  /** The functions of other modules (and of this one, by its name) that the code names. */
  get imports(): readonly BeamImport[] {
    return (this.#imports ??= this.#read(readImportTable));
  }

  /** The funs, in the order in which the code numbers them. */
  get funs(): readonly BeamFun[] {
    return (this.#funs ??= this.#read(readFuns));
  }

  /** The fields of each record that it defines; `undefined` without debug information. */
  get records(): ReadonlyMap<string, readonly string[]> | undefined {
    return this.#read(readRecords);
  }

  /** All functions; none if the module has instructions of an OTP later than all known ones, of which nothing can be told. */
  get functions(): readonly FunctionCode[] {
    return (this.#functions ??= this.#readFunctions());
  }

  /** Whether the code names a function of another module, whatever its arity. */
  calls(module: string, name: string): boolean {
    return this.imports.some((each) => each.module === module && each.name === name);
  }

  find(name: string, arity: number): FunctionCode | undefined {
    return this.functions.find((each) => each.name === name && each.arity === arity);
  }

  functionAt(label: number): FunctionCode | undefined {
    this.#byLabel ??= new Map(this.functions.map((each) => [each.label, each]));
    return this.#byLabel.get(label);
  }

  /** The places of the labels within a function, the one where it begins included. */
  labelsOf(code: FunctionCode): ReadonlyMap<number, number> {
    const known = this.#labels.get(code);
    if (known !== undefined) return known;
    const labels = new Map([[code.label, 0]]);
    for (const [place, { opcode, operands }] of code.instructions.entries()) {
      if (opcode === OPCODE.label && operands[0]?.kind === "number") labels.set(operands[0].value, place);
    }
    this.#labels.set(code, labels);
    return labels;
  }

  /** What a function does, called with anything. */
  eventsOf(code: FunctionCode): readonly CodeEvent[] {
    const known = this.#events.get(code);
    if (known !== undefined) return known;
    const events = evaluateFunction(code, { imports: this.imports, funs: this.funs });
    this.#events.set(code, events);
    return events;
  }

  /**
   * What a function gives, each way through it for itself, if it is called with anything, apart from the arguments that are given
   * by their positions. Ways that end in an exception give nothing; other modules are not looked into.
   */
  resultsOf(code: FunctionCode, given: ReadonlyMap<number, Value> = new Map()): readonly Value[] {
    const args = Array.from(
      { length: code.arity },
      (_, index) => given.get(index) ?? { kind: "argument" as const, index },
    );
    const findModule = (name: string): ModuleAnalysis | undefined => (name === this.name ? this : undefined);
    return new Explorer({ findModule }).resultsOf(this, code, args);
  }

  /** The functions that a function comes to by local calls and by the funs that it makes, itself first. */
  reachableFrom(code: FunctionCode): readonly FunctionCode[] {
    const reached = new Set([code]);
    for (const each of reached) {
      for (const event of this.eventsOf(each)) {
        const label = event.kind === "local" ? event.label : event.kind === "fun" ? event.fun.label : undefined;
        const next = label === undefined ? undefined : this.functionAt(label);
        if (next !== undefined) reached.add(next);
      }
    }
    return [...reached];
  }

  #readFunctions(): readonly FunctionCode[] {
    try {
      return this.#read(readFunctionCode);
    } catch (error) {
      if (!(error instanceof EnitError) || error.code !== "beam_malformed") throw error;
      return [];
    }
  }

  #read<T>(read: (beam: ModuleCode["beam"]) => T): T {
    return inBeamFile(this.module.file, () => read(this.module.beam));
  }
}
