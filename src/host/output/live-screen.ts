import type { LiveScreen, ScreenEvent } from "../../contract/index.ts";
import { ENTER_SCREEN, guardTerminal, keyByKey, LEAVE_SCREEN, terminalControl } from "../../system/index.ts";
import type { Console } from "./console.ts";
import { EventQueue } from "./event-queue.ts";
import { fitLine } from "./fit-line.ts";
import { readKeys } from "./keys.ts";
import { makeUi } from "./ui.ts";

export interface LiveScreenOptions {
  readonly console: Console;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly color: boolean;
  /** Ends the events. */
  readonly signal: AbortSignal;
}

const STDIN = 0;
const STDOUT = 1;
const DEFAULT_SIZE = { columns: 80, lines: 24 };

/** Takes the terminal over; standard input and output must be one. */
export async function openLiveScreen({ console, env, color, signal }: LiveScreenOptions): Promise<LiveScreen> {
  const control = await terminalControl();
  const settings = control.read(STDIN);
  if (settings === undefined) throw new Error("standard input is no terminal");
  let size = control.size(STDOUT) ?? DEFAULT_SIZE;
  const events = new EventQueue<ScreenEvent>();
  const frames = new Frames(console, (error) => events.fail(error));

  const resize = (): void => {
    size = control.size(STDOUT) ?? DEFAULT_SIZE;
    frames.forget();
    events.add({ kind: "resize" });
  };
  const interrupt = (): void => events.end();

  const guard = guardTerminal(settings);
  const releaseNotes = console.hold();
  control.write(STDIN, keyByKey(settings));
  process.on("SIGWINCH", resize);
  signal.addEventListener("abort", interrupt, { once: true });
  if (signal.aborted) interrupt();
  frames.write(ENTER_SCREEN);
  readKeys(Bun.stdin.stream(), (key) => events.add({ kind: "key", key })).then(
    () => events.end(),
    (error: unknown) => events.fail(error instanceof Error ? error : new Error(String(error))),
  );

  let isClosed = false;
  return {
    get width() {
      return size.columns;
    },
    get height() {
      return size.lines;
    },
    ui: makeUi({
      color,
      get width() {
        return size.columns;
      },
    }),
    unicode: /utf-?8/i.test(env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || ""),
    draw: (lines) => frames.draw(lines.slice(0, size.lines).map((line) => fitLine(line, size.columns))),
    events,
    [Symbol.asyncDispose]: async () => {
      if (isClosed) return;
      isClosed = true;
      process.off("SIGWINCH", resize);
      signal.removeEventListener("abort", interrupt);
      events.end();
      // Who sees the screen that was there before may type at once.
      control.write(STDIN, settings);
      await frames.end(LEAVE_SCREEN);
      await guard.dismiss();
      releaseNotes();
    },
  };
}

/** Writes what changed from frame to frame. While the terminal is busy only the newest frame waits for it. */
class Frames {
  readonly #console: Console;
  readonly #fail: (error: Error) => void;
  #shown: readonly string[] = [];
  #next: readonly string[] | undefined;
  #writing: Promise<void> = Promise.resolve();
  #isBusy = false;
  #failed = false;
  #isEnded = false;

  constructor(console: Console, fail: (error: Error) => void) {
    this.#console = console;
    this.#fail = fail;
  }

  /** The terminal shows something else by now. */
  forget(): void {
    this.#shown = [];
  }

  draw(lines: readonly string[]): void {
    if (this.#isEnded) return;
    this.#next = lines;
    if (!this.#isBusy) this.#drawNext();
  }

  write(text: string): void {
    this.#isBusy = true;
    this.#writing = this.#writing.then(() => this.#print(text));
  }

  /** Writes the last words; what was not drawn yet is left out. */
  async end(text: string): Promise<void> {
    this.#isEnded = true;
    this.#next = undefined;
    await this.#writing;
    this.write(text);
    await this.#writing;
  }

  async #print(text: string): Promise<void> {
    try {
      if (!this.#failed) await this.#console.print(text);
    } catch (error) {
      this.#failed = true;
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
    this.#isBusy = false;
    if (this.#next !== undefined) this.#drawNext();
  }

  #drawNext(): void {
    const lines = this.#next ?? [];
    this.#next = undefined;
    const isNew = this.#shown.length === 0;
    let text = isNew ? "\u001b[2J" : "";
    for (const [index, line] of lines.entries()) {
      if (this.#shown[index] !== line) text += `\u001b[${index + 1};1H${line}\u001b[0m\u001b[K`;
    }
    if (this.#shown.length > lines.length) text += `\u001b[${lines.length + 1};1H\u001b[J`;
    this.#shown = lines;
    if (text !== "") this.write(text);
  }
}
