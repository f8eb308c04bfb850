import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { systemCode } from "../error/index.ts";
import { libc } from "../system/index.ts";
import { parseStartEvents, type StartEvent } from "./start-event.ts";
import { statePaths } from "./state-paths.ts";

const NEWLINE = 10;

/**
 * Follows the progress file of a VM that starts, which must be there.
 *
 * The kernel tells of each line (inotify). `fs.watch` does not do: Bun 1.4 passes over what is written within a
 * millisecond of what it has told of, and so over the last line.
 */
export class ProgressWatch implements Disposable {
  readonly #onEvent: (event: StartEvent) => void;
  readonly #progress: number;
  readonly #inotify: number;
  readonly #notices: ReturnType<typeof readerOf>;
  #rest = Buffer.alloc(0);
  #isOpen = true;

  private constructor(path: string, inotify: number, onEvent: (event: StartEvent) => void) {
    this.#onEvent = onEvent;
    this.#progress = openSync(path, "r");
    this.#inotify = inotify;
    this.#notices = readerOf(inotify);
  }

  /** Begins with what is there already. `onEvent` is called before the next turn of the event loop at the earliest. */
  static async open(stateDir: string, onEvent: (event: StartEvent) => void): Promise<ProgressWatch> {
    const { progress } = statePaths(stateDir);
    const watch = new ProgressWatch(progress, (await libc()).watchWrites(progress), onEvent);
    void watch.#follow();
    return watch;
  }

  /** Reads what has come since the last time, at once: for the end of the VM, of which we may hear first. */
  read(): void {
    if (!this.#isOpen) return;
    const chunk = Buffer.alloc(64 * 1024);
    for (let length = readSync(this.#progress, chunk); length > 0; length = readSync(this.#progress, chunk)) {
      this.#rest = Buffer.concat([this.#rest, chunk.subarray(0, length)]);
    }
    // The last line may be there in part.
    const end = this.#rest.lastIndexOf(NEWLINE) + 1;
    const lines = this.#rest.toString("utf8", 0, end);
    this.#rest = this.#rest.subarray(end);
    for (const event of parseStartEvents(lines)) this.#onEvent(event);
  }

  [Symbol.dispose](): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.#progress);
    void this.#notices.cancel().then(() => closeSync(this.#inotify));
  }

  async #follow(): Promise<void> {
    do this.read();
    while (!(await this.#notices.read()).done);
  }
}

function readerOf(descriptor: number) {
  return Bun.file(descriptor).stream().getReader();
}

/** `booting`: the agent has not spoken yet. */
export type StartPhase = "booting" | "starting" | "running" | "unknown";

/** How far the VM in a state directory has come; only meaningful while it runs. `unknown`: somebody removed the file. */
export function readStartPhase(stateDir: string): StartPhase {
  const text = readProgress(stateDir);
  if (text === undefined) return "unknown";
  const last = text.trimEnd().split("\n").at(-1);
  if (last === "") return "booting";
  return last === "running." ? "running" : "starting";
}

/** The port on which the VM in a state directory listens for other nodes, as its agent found it; `undefined` if it did not. */
export function readDistributionPort(stateDir: string): number | undefined {
  const port = /^\{listening,(\d+)\}\.$/m.exec(readProgress(stateDir) ?? "")?.[1];
  return port === undefined ? undefined : Number(port);
}

function readProgress(stateDir: string): string | undefined {
  try {
    return readFileSync(statePaths(stateDir).progress, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
