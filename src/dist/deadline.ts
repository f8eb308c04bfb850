import { unlessAborted } from "../error/index.ts";

/** How long something may take. */
export interface Deadline {
  /** Milliseconds. */
  readonly timeout: number;
  /** Ends the work early; what it is aborted with is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Makes the error that is thrown when the time is over. */
  readonly expired: () => Error;
}

/** Runs `work`, whose signal is aborted when the time is over or the caller's signal is. */
export async function withDeadline<T>(deadline: Deadline, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { timeout, signal, expired } = deadline;
  signal?.throwIfAborted();
  const controller = new AbortController();
  const abort = (): void => controller.abort(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  const timer = setTimeout(() => controller.abort(expired()), timeout);
  try {
    return await unlessAborted(controller.signal, work(controller.signal));
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}
