import type { LiveScreen, Log, Progress, ProgressOptions, ScreenOptions, Ui } from "../../contract/index.ts";
import { EnitError } from "../../error/index.ts";
import { Console } from "./console.ts";
import { type Verbosity, makeLog } from "./log.ts";
import { HIDDEN_PROGRESS, makeProgress } from "./progress.ts";
import { type Terminal, inspectTerminal, isTerminal } from "./terminal.ts";
import { makeUi } from "./ui.ts";

/** Everything that a run shows, and how. */
export class Screen {
  readonly console = new Console();
  readonly log: Log;
  /** Whether one JSON document is wanted on standard output. */
  readonly json: boolean;
  verbosity: Verbosity = "normal";
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #terminals = new Map<1 | 2, Terminal>();
  readonly #uis = new Map<1 | 2, Ui>();
  #live: LiveScreen | undefined;

  constructor(env: Readonly<Record<string, string | undefined>>, json: boolean) {
    this.#env = env;
    this.json = json;
    this.log = makeLog(this.console, () => ({ verbosity: this.verbosity, color: this.#terminal(2).color }));
  }

  /** What draws for standard output (1) or standard error (2). */
  ui(descriptor: 1 | 2): Ui {
    let ui = this.#uis.get(descriptor);
    if (ui === undefined) {
      ui = makeUi(this.#terminal(descriptor), () => this.verbosity === "quiet");
      this.#uis.set(descriptor, ui);
    }
    return ui;
  }

  progress(label: string, options: ProgressOptions = {}): Progress {
    const isHidden = this.json || this.verbosity === "quiet" || !this.#terminal(2).color;
    return isHidden ? HIDDEN_PROGRESS : makeProgress(this.console, label, options, this.#terminal(2).width);
  }

  /** Takes the terminal over, as `Context.openScreen` does. */
  async openLive(signal: AbortSignal, { hint }: ScreenOptions = {}): Promise<LiveScreen | undefined> {
    if (this.json) return undefined;
    const { openLiveScreen } = await import("./live-screen.ts");
    if (!this.#terminal(1).isTerminal) throw noTerminal("standard output is no terminal", hint);
    if (this.#env["TERM"] === "dumb") throw noTerminal("the terminal cannot do it (TERM is dumb)", hint);
    if (!isTerminal(0)) throw noTerminal("standard input is no terminal", hint);
    this.#live = await openLiveScreen({
      console: this.console,
      env: this.#env,
      color: this.#terminal(1).color,
      signal,
    });
    return this.#live;
  }

  /** Gives the terminal back, if a command that ended did not. */
  async closeLive(): Promise<void> {
    await this.#live?.[Symbol.asyncDispose]();
  }

  #terminal(descriptor: 1 | 2): Terminal {
    let terminal = this.#terminals.get(descriptor);
    if (terminal === undefined) {
      terminal = inspectTerminal(descriptor, this.#env);
      this.#terminals.set(descriptor, terminal);
    }
    return terminal;
  }
}

function noTerminal(state: string, hint: string | undefined): EnitError {
  return new EnitError("no_terminal", `cannot show anything as it changes: ${state}`, {
    kind: "usage",
    hint,
  });
}
