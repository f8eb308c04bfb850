import type { SourcePosition } from "../../error/index.ts";
import { isTagged } from "../../term/index.ts";
import type { Term } from "../../term/index.ts";

/** An instruction in full, and where it was written; nowhere if it follows from what the releases hold. */
export interface Step {
  readonly term: Term;
  /** As it stands in the appup, if that is a short form. */
  readonly written?: Term;
  readonly place?: StepPlace;
}

export interface StepPlace {
  readonly file: string;
  /** Counts lines and columns when it is called, which takes its time in long lines. */
  readonly position: () => SourcePosition | undefined;
}

/** The instructions for one application. */
export type UpgradeScript = readonly Step[];

/** What stands in the instruction `{TAG, OPERAND}`; `undefined` for every other one. */
export function operandOf({ term }: Step, tag: string): Term | undefined {
  return isTagged(term, tag, 2) ? term.elements[1] : undefined;
}
