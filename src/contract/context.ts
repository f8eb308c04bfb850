import type { HookRunner } from "./hooks.ts";
import type { LiveScreen, ScreenOptions } from "./screen.ts";
import type { Services } from "./services.ts";

/** What commands, hooks, overlay operations and `setup` are called with: one for each plugin, made by the host. */
export interface Context extends Services {
  readonly log: Log;
  /** The table `[NAME]` or `[plugins.NAME]` of `enit.toml`, `{}` where there is none. Check what you take from it. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Aborted by Ctrl-C, SIGTERM and a terminal, or the reader of a stream, that goes away. Hand it on to whatever waits. */
  readonly signal: AbortSignal;
  /** Calls the hooks of all plugins. */
  readonly hooks: HookRunner;
  /** Shows how far a long work is, on a terminal only. */
  progress(label: string, options?: ProgressOptions): Progress;
  /**
   * Takes the terminal over, for a command that shows something as it changes; dispose of it when it is over. Gives
   * `undefined` with `--json`: then give the data back, as a stream. Throws `no_terminal` (kind `usage`) where there is none.
   */
  openScreen(options?: ScreenOptions): Promise<LiveScreen | undefined>;
  /**
   * Ends this process by becoming another program (`execve`): same pid, nothing left of enit. Clean-up and the
   * `command:after` hooks run first, and what was written is flushed. Throws, to leave `run`: do not catch it.
   */
  replaceProcess(successor: Successor | ProgramStart): never;
}

/** Something that this process can become. */
export interface Successor {
  /** Executes it in place of this process. */
  become(): Promise<never>;
}

export interface ProgramStart {
  /** Absolute. */
  readonly path: string;
  /** `argv[0]` included. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Messages for people, to standard error. Never log a credential. */
export interface Log {
  error(message: string): void;
  warn(message: string): void;
  info(message: string): void;
  success(message: string): void;
  /** Shown with `--verbose`. */
  debug(message: string): void;
  /** Text as it is, whatever the verbosity: what somebody else printed, a node for one. */
  output(text: string): void;
}

export interface ProgressOptions {
  /** How many steps there are; without it the work has no known end. */
  readonly total?: number;
}

export interface Progress extends Disposable {
  /** `done` steps of the total so far. */
  update(done: number, label?: string): void;
  end(): void;
}
