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
    return await untilAborted(work(controller.signal), controller.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

/** The promise's value, unless the signal is aborted first: then its reason is thrown. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: result, resolve, reject } = Promise.withResolvers<T>();
  signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  promise.then(resolve, reject);
  return result;
}
