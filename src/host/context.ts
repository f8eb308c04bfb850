import type { Context, HookRunner, Log, ProgramStart, Progress, ProgressOptions, Services } from "../contract/index.ts";

/** What all contexts of one run share. */
export interface ContextBase {
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly hooks: HookRunner;
  readonly services: Services;
  readonly progress: (label: string, options?: ProgressOptions) => Progress;
}

/** Thrown by `replaceProcess` to leave a command. */
export class ProcessReplacement extends Error {
  override readonly name = "ProcessReplacement";
  readonly program: ProgramStart;

  constructor(program: ProgramStart) {
    super(`this process is about to become ${program.path}`);
    this.program = program;
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
    replaceProcess: (program: ProgramStart): never => {
      throw new ProcessReplacement(program);
    },
  };
  return Object.assign(Object.create(base.services) as Services, own);
}
