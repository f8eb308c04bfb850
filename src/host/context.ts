import type {
  Context,
  HookRunner,
  Log,
  ProgramStart,
  Progress,
  ProgressOptions,
  Services,
  Successor,
} from "../contract/index.ts";

/** What all contexts of one run share. */
export interface ContextBase {
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly hooks: HookRunner;
  readonly services: Services;
  readonly progress: (label: string, options?: ProgressOptions) => Progress;
  readonly openScreen: Context["openScreen"];
}

/** Thrown by `replaceProcess` to leave a command. */
export class ProcessReplacement extends Error {
  override readonly name = "ProcessReplacement";
  readonly successor: Successor | ProgramStart;

  constructor(successor: Successor | ProgramStart) {
    super("this process is about to become another program");
    this.successor = successor;
  }
}

/** Makes the context of one plugin. The services are inherited, so that each is still made on its first use. */
export function makeContext(base: ContextBase, config: Context["config"]): Context {
  const own = {
    log: base.log,
    config,
    signal: base.signal,
    hooks: base.hooks,
    progress: base.progress,
    openScreen: base.openScreen,
    replaceProcess: (successor: Successor | ProgramStart): never => {
      throw new ProcessReplacement(successor);
    },
  };
  return Object.assign(Object.create(base.services) as Services, own);
}
