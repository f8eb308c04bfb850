import { EnitError } from "../../src/error/index.ts";

/** Waits for an operation that must fail with an `EnitError`, and gives it. */
export async function failure(operation: Promise<unknown> | (() => unknown)): Promise<EnitError> {
  try {
    await (typeof operation === "function" ? operation() : operation);
  } catch (error) {
    if (error instanceof EnitError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}
