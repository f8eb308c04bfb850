import type { EnitError } from "../../error/index.ts";
import { isAtom, isInteger, isTagged, isTuple, listElements } from "../../term/index.ts";
import type { Term, TupleTerm } from "../../term/index.ts";
import { instructionRefused, show } from "./errors.ts";
import type { Step } from "./step.ts";

/** Reads the operands of one instruction; what is wrong is refused with the word that systools has for it. */
export class OperandReader {
  readonly #step: Step;

  constructor(step: Step) {
    this.#step = step;
  }

  module(term: Term | undefined): string {
    return this.atom(term, "bad_module", "a module");
  }

  modules(term: Term | undefined): readonly string[] {
    return this.list(term).map((each) => this.module(each));
  }

  atom(term: Term | undefined, code: string, what: string): string {
    if (isAtom(term)) return term.name;
    throw this.refuse(code, term, what);
  }

  /** An atom that is one of these. */
  word(term: Term | undefined, words: readonly string[], code: string): string {
    const found = words.find((word) => isAtom(term, word));
    if (found !== undefined) return found;
    throw this.refuse(code, term, `one of ${words.join(", ")}`);
  }

  list(term: Term | undefined): readonly Term[] {
    const elements = listElements(term);
    if (elements !== undefined) return elements;
    throw this.refuse("bad_list", term, "a list");
  }

  purge(term: Term | undefined): Term {
    if (isAtom(term, "soft_purge") || isAtom(term, "brutal_purge")) return term;
    throw this.refuse("bad_purge_method", term, "soft_purge or brutal_purge");
  }

  isStatic(term: Term | undefined): boolean {
    return this.word(term, ["static", "dynamic"], "bad_mod_type") === "static";
  }

  /** What follows `advanced`; `undefined` for `soft`. */
  change(term: Term | undefined): Term | undefined {
    if (isAtom(term, "soft")) return undefined;
    if (isTagged(term, "advanced", 2)) return term.elements[1];
    throw this.refuse("bad_change", term, "soft or {advanced, EXTRA}");
  }

  timeout(term: Term | undefined): Term {
    if (isAtom(term, "default") || isAtom(term, "infinity")) return term;
    if (isInteger(term) && term.value > 0n) return term;
    throw this.refuse("bad_timeout", term, "infinity or a number of milliseconds above 0");
  }

  codeChanges(term: Term | undefined): void {
    for (const each of this.list(term)) {
      if (!isTuple(each, 2)) throw this.refuse("bad_code_change", each, "{MODULE, EXTRA}");
      this.module(each.elements[0]);
    }
  }

  /** `{MODULE, FUNCTION, ARGUMENTS}`. */
  call(term: TupleTerm): void {
    const [module, functionName, args] = term.elements;
    this.module(module);
    this.atom(functionName, "bad_func", "a function");
    if (args?.kind !== "list") throw this.refuse("bad_args_list", args, "a list of arguments");
  }

  refuse(code: string, term: Term | undefined, what: string): EnitError {
    const operand = term === undefined ? "nothing" : show(term);
    return instructionRefused(code, this.#step, `${operand} is not ${what}`, { operand });
  }
}
