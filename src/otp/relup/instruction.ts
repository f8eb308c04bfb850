import type { Term } from "../../term/index.ts";
import type { Step } from "./step.ts";

/** An instruction that was checked, by what becomes of it. */
export type Instruction = ApplicationInstruction | SingleInstruction;

/** An instruction that is for no whole application. */
export type SingleInstruction = ModuleInstruction | LowLevelInstruction;

/** Changes one module; of each module there may be one, and its dependencies say what comes before it. */
export type ModuleInstruction = UpdateInstruction | LoadInstruction | DeleteInstruction;

interface ModuleInstructionBase {
  readonly module: string;
  /** The modules that it depends on: theirs must be there before it on the way up, and go after it on the way down. */
  readonly needs: readonly string[];
  readonly step: Step;
}

/** Suspends the processes of a module while it is loaded, and lets them change their state. */
export interface UpdateInstruction extends ModuleInstructionBase {
  readonly kind: "update";
  readonly purges: Purges;
  /** Whether old code can handle the new state: on the way down it then changes after loading, not before. */
  readonly isStatic: boolean;
  /** How long to wait for processes to be suspended; `undefined` for the default. */
  readonly timeout: Term | undefined;
  /** What `code_change` gets; `undefined` if the state stays as it is. */
  readonly extra: Term | undefined;
}

/** Loads a module, new or changed. */
export interface LoadInstruction extends ModuleInstructionBase {
  readonly kind: "load";
  readonly purges: Purges;
}

export interface DeleteInstruction extends ModuleInstructionBase {
  readonly kind: "delete";
}

/** How processes that run old code are treated: before loading, and afterwards. */
export type Purges = readonly [before: Term, after: Term];

export type ApplicationInstruction =
  | { readonly kind: "add_application"; readonly application: string; readonly type: string; readonly step: Step }
  | { readonly kind: "remove_application"; readonly application: string; readonly step: Step }
  | { readonly kind: "restart_application"; readonly application: string; readonly step: Step };

/** Goes into the relup as it is. */
export interface LowLevelInstruction {
  readonly kind: "low";
  readonly step: Step;
}
