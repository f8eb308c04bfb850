import { expect } from "bun:test";

// Matchers for where a whole is compared; those of `expect` are `any` to the checker.

/** Stands for every text that holds this one. */
export function containing(text: string): unknown {
  return expect.stringContaining(text);
}

/** Stands for every text that the pattern matches. */
export function matching(pattern: RegExp): unknown {
  return expect.stringMatching(pattern);
}

/** Stands for every number. */
export function aNumber(): unknown {
  return expect.any(Number);
}
