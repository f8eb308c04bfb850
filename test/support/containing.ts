import { expect } from "bun:test";

/** Stands for every text that holds this one, where a whole is compared; `expect.stringContaining` is `any` to the checker. */
export function containing(text: string): unknown {
  return expect.stringContaining(text);
}
