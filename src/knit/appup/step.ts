import type { Term } from "../../term/index.ts";

/** An instruction of an appup, and why it is there. */
export interface AppupStep {
  readonly instruction: Term;
  /** The module that it is about; `undefined` if it is about none. */
  readonly module: string | undefined;
  readonly reason: string;
}
