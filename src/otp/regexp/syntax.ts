import type { CharSet } from "./char-set.ts";

/** A regular expression, taken apart. */
export type Node =
  | SetNode
  | { readonly kind: "assertion"; readonly what: Assertion }
  | {
      readonly kind: "group";
      readonly number: number | undefined;
      readonly name: string | undefined;
      readonly choices: Choices;
    }
  | { readonly kind: "look"; readonly behind: boolean; readonly negative: boolean; readonly choices: Choices }
  | { readonly kind: "repeat"; readonly node: Node; readonly min: number; readonly max: number; readonly lazy: boolean }
  | { readonly kind: "back"; readonly to: number };

/** One character out of a set. */
export interface SetNode {
  readonly kind: "set";
  readonly set: CharSet;
  /** What counts instead where a repetition must have it: PCRE up to OTP 27 does not look beyond ASCII there. */
  readonly repeated?: CharSet;
}

/** The alternatives of a group, each a sequence. */
export type Choices = readonly (readonly Node[])[];

/** What asserts a place without taking a character. Lines are those of the multiline mode. */
export type Assertion = "start" | "end" | "endOrLastNewline" | "lineStart" | "lineEnd" | "boundary" | "noBoundary";

/** How an expression is to be read: options of `re:compile/2`, which `(?imsxU)` may change on the way. */
export interface Modes {
  readonly caseless: boolean;
  readonly multiline: boolean;
  readonly dotall: boolean;
  readonly extended: boolean;
  readonly ungreedy: boolean;
}
