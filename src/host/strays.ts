import { EnitError } from "../error/index.ts";
import { isAbort } from "./failure.ts";

/**
 * Watches for errors that nobody awaits, in a plugin or here, which would end the process without clean-up.
 *
 * @returns a promise that rejects with the first of them, and otherwise never settles.
 */
export function watchStrays(): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, (thrown: unknown) => {
      // After Ctrl-C every wait that was left behind is aborted; that is no news.
      if (!isAbort(thrown)) reject(strayError(thrown));
    });
  }
  promise.catch(() => {}); // Whoever races with it hears of it.
  return promise;
}

function strayError(thrown: unknown): EnitError {
  if (thrown instanceof EnitError) return thrown;
  const state = thrown instanceof Error ? thrown.message : String(thrown);
  return new EnitError("defect", `cannot go on: ${state}`, {
    kind: "defect",
    hint: "This is a defect of enit or of a plugin: nobody waited for what failed. --verbose shows where it happened.",
    cause: thrown,
  });
}
