import type { Term } from "../../term/index.ts";
import type { Identifier } from "./token.ts";

/** A trace pattern as it was written. Offsets count UTF-16 units of the text, from 0. */
export type Pattern = CallPattern | MessagePattern;

/** `send` or `receive`. */
export interface MessagePattern {
  readonly kind: "messages";
  readonly text: string;
  readonly direction: "send" | "receive";
}

/** `mod:fun(args) when guards -> actions`; everything but the module may be left out. */
export interface CallPattern {
  readonly kind: "calls";
  readonly text: string;
  readonly module: Name;
  /** Left out: all functions. */
  readonly function: Name | undefined;
  readonly args: Arguments;
  /** Alternatives, each of guards that must all hold: `a, b; c`. None: no guard. */
  readonly guards: readonly (readonly Expression[])[];
  readonly actions: readonly Action[];
}

/** An atom; `undefined` for a variable. */
export interface Name {
  readonly name: string | undefined;
  readonly offset: number;
}

export type Arguments =
  | { readonly kind: "any" }
  | { readonly kind: "arity"; readonly arity: number; readonly offset: number }
  | { readonly kind: "list"; readonly args: readonly Expression[]; readonly offset: number };

export interface Action {
  readonly name: ActionName;
  readonly offset: number;
}

export const ACTIONS = ["return", "stack", "time", "count"] as const;
export type ActionName = (typeof ACTIONS)[number];

/** An argument, a guard, or a part of them. */
export type Expression = { readonly offset: number } & (
  | { readonly kind: "literal"; readonly term: Term }
  | { readonly kind: "identifier"; readonly identifier: Identifier }
  /** `_` too. */
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "tuple"; readonly elements: readonly Expression[] }
  | { readonly kind: "list"; readonly elements: readonly Expression[]; readonly tail: Expression | undefined }
  | { readonly kind: "map"; readonly entries: readonly (readonly [key: Expression, value: Expression])[] }
  | RecordParts
  | { readonly kind: "append"; readonly left: Expression; readonly right: Expression }
  /** A guard function or an operator. */
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[] }
);

/** `mod#rec{field=Value}`; without a module, it is that of the pattern. */
export interface RecordParts {
  readonly kind: "record";
  readonly module: string | undefined;
  readonly name: string;
  readonly fields: readonly RecordField[];
}

export interface RecordField {
  readonly name: string;
  readonly value: Expression;
  readonly offset: number;
}
