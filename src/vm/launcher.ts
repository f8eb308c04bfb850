import { closeSync } from "node:fs";
import { EnitError, type ErrorKind } from "../error/index.ts";
import type { LaunchOrder } from "./execute.ts";
import { internalCommand } from "../system/index.ts";
import { openLog } from "./log.ts";
import { statePaths } from "./state-paths.ts";
import { writingState } from "./writing-state.ts";

/** Where a launcher reports why it did not become the VM; closed by the exec. */
export const REPORT_DESCRIPTOR = 4;

/** An error of a launcher on its way to the process that is told of it. */
export interface LaunchReport {
  readonly code: string;
  readonly message: string;
  readonly kind: ErrorKind;
  readonly hint: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * A detached copy of enit that becomes a VM as soon as it is told how.
 *
 * It is started before that is known, so that it is ready by then. It shares the lock, which so is held until the VM
 * runs, whatever happens to this process. Without an order, that is also when this process is gone, it ends.
 */
export class Launcher implements AsyncDisposable {
  /** The process that is to be the VM. */
  readonly pid: number;
  /** Settles with the exit code, or 128 + the number of the signal, when it has ended. */
  readonly exited: Promise<number>;
  readonly #process: Bun.Subprocess<"pipe", number, number>;
  #hasLaunched = false;

  constructor(stateDir: string, lock: number) {
    const log = writingState(stateDir, () => openLog(statePaths(stateDir).log));
    this.#process = Bun.spawn({
      cmd: internalCommand("launch"),
      cwd: "/",
      env: {},
      // A session of its own: no terminal, and no signals of ours.
      detached: true,
      stdio: ["pipe", log, log, lock, "pipe"],
    });
    closeSync(log);
    this.pid = this.#process.pid;
    this.exited = this.#process.exited;
  }

  /** Gives the order. Settles when the process has become the VM or has ended; throws what kept it from that. */
  async launch(order: LaunchOrder): Promise<void> {
    await this.#process.stdin.write(JSON.stringify(order));
    await this.#process.stdin.end();
    const report = await readToEnd(this.#process.stdio[REPORT_DESCRIPTOR]);
    this.#hasLaunched = report === "";
    if (this.#hasLaunched) return;
    const { code, message, kind, hint, data } = JSON.parse(report) as LaunchReport;
    throw new EnitError(code, message, { kind, data, ...(hint === undefined ? {} : { hint }) });
  }

  /** Lets go of the VM. A process that did not become one is ended first: it has the lock, for which others would wait. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#hasLaunched) {
      this.#process.kill("SIGKILL");
      await this.exited;
    }
    this.#process.unref();
  }
}

async function readToEnd(fd: unknown): Promise<string> {
  if (typeof fd !== "number") throw new Error("the launcher has no descriptor for its report");
  try {
    return await Bun.file(fd).text();
  } finally {
    closeSync(fd);
  }
}
