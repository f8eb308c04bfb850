/** Does work whose time is limited as a whole, connecting included; `tooLate` is what is thrown when it is up. */
export async function inTime<T>(
  { timeout, signal }: { readonly timeout?: number | undefined; readonly signal?: AbortSignal | undefined },
  tooLate: () => Error,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const timer = timeout === undefined ? undefined : AbortSignal.timeout(timeout);
  try {
    return await work(AbortSignal.any([timer, signal].filter((each) => each !== undefined)));
  } catch (error) {
    if (timer?.aborted === true && signal?.aborted !== true) throw tooLate();
    throw error;
  }
}
