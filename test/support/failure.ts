import { EnitError } from "../../src/error/index.ts";

/** Waits for an operation that must fail with an `EnitError`, and gives it. */
export async function failure(operation: Promise<unknown>): Promise<EnitError> {
  const result = await operation.then(
    () => new Error("it did not fail"),
    (error: unknown) => error,
  );
  if (result instanceof EnitError) return result;
  throw result;
}
