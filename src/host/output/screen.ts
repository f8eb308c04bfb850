import type { Log, Progress, ProgressOptions, Ui } from "../../contract/index.ts";
import { Console } from "./console.ts";
import { type Verbosity, makeLog } from "./log.ts";
import { HIDDEN_PROGRESS, makeProgress } from "./progress.ts";
import { type Terminal, inspectTerminal } from "./terminal.ts";
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

  #terminal(descriptor: 1 | 2): Terminal {
    let terminal = this.#terminals.get(descriptor);
    if (terminal === undefined) {
      terminal = inspectTerminal(descriptor, this.#env);
      this.#terminals.set(descriptor, terminal);
    }
    return terminal;
  }
}
