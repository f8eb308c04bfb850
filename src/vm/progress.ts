import { chownSync, closeSync, constants, openSync, readFileSync, readSync, rmSync } from "node:fs";
import { systemCode } from "../error/index.ts";
import { libc } from "../system/index.ts";
import type { Identity } from "./identity.ts";
import { parseStartEvents, type StartEvent } from "./start-event.ts";
import { statePaths } from "./state-paths.ts";

const NEWLINE = 10;

/**
 * Follows the progress file of a VM that starts, which must be there.
 *
 * `fs.watch` does not do: Bun 1.4 passes over what is written within a millisecond of what it has told of, and so over the
 * last line.
 */
export class ProgressWatch implements Disposable {
  readonly #onEvent: (event: StartEvent) => void;
  readonly #progress: number;
  readonly #waker: Waker;
  readonly #notices: ReturnType<typeof readerOf>;
  #rest = Buffer.alloc(0);
  #isOpen = true;

  private constructor(path: string, waker: Waker, onEvent: (event: StartEvent) => void) {
    this.#onEvent = onEvent;
    this.#progress = openSync(path, "r");
    this.#waker = waker;
    this.#notices = readerOf(waker.descriptor);
    void this.#follow();
  }

  /**
   * Follows a VM that somebody else starts: the kernel tells of each line (inotify). Begins with what is there already; `onEvent` is
   * called before the next turn of the event loop at the earliest.
   */
  static async open(stateDir: string, onEvent: (event: StartEvent) => void): Promise<ProgressWatch> {
    const { progress } = statePaths(stateDir);
    return new ProgressWatch(progress, { descriptor: (await libc()).watchWrites(progress) }, onEvent);
  }

  /**
   * As `open`, of a VM that is about to be launched, by whoever holds the lock. Its agent rings a bell for us, where the file system
   * can have one, since the kernel takes 15 ms to end an inotify watch, be it by the end of the process.
   */
  static async withBell(
    stateDir: string,
    { uid, gid }: Identity,
    onEvent: (event: StartEvent) => void,
  ): Promise<ProgressWatch> {
    const { progress, bell } = statePaths(stateDir);
    if (!(await libc()).makeFifo(bell)) return ProgressWatch.open(stateDir, onEvent);
    if (process.geteuid?.() === 0) chownSync(bell, uid, gid);
    // Also to write, so that it does not end when the agent closes it.
    const descriptor = openSync(bell, constants.O_RDWR | constants.O_NONBLOCK);
    return new ProgressWatch(progress, { descriptor, path: bell }, onEvent);
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
    const { path, descriptor } = this.#waker;
    if (path !== undefined) rmSync(path, { force: true });
    void this.#notices.cancel().then(() => closeSync(descriptor));
  }

  async #follow(): Promise<void> {
    do this.read();
    while (!(await this.#notices.read()).done);
  }
}

/** What can be read when there may be new lines. */
interface Waker {
  readonly descriptor: number;
  /** Of a named pipe that is ours alone. */
  readonly path?: string;
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
