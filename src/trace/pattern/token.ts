import type { Term } from "../../term/index.ts";

/** One token of a pattern, with the offset where it begins. */
export type Token = {
  readonly offset: number;
} & (
  | { readonly type: "variable" | "punctuation"; readonly text: string }
  /** An atom; without quotes it may be an operator or the name of a guard function. */
  | { readonly type: "atom"; readonly text: string; readonly isQuoted: boolean }
  | { readonly type: "literal"; readonly term: Term }
  | { readonly type: "identifier"; readonly identifier: Identifier }
  | { readonly type: "end" }
);

/** What only a node can make, as its shell prints it: `<0.85.0>`, `#Ref<0.1.2.3>`, `#Port<0.5>`. */
export interface Identifier {
  readonly kind: "pid" | "reference" | "port";
  readonly numbers: readonly bigint[];
  readonly text: string;
}

/** Names a token in an error message. */
export function describeToken(token: Token): string {
  switch (token.type) {
    case "end":
      return "the end of the pattern";
    case "literal":
      return `a ${token.term.kind === "bitstring" ? "binary" : token.term.kind === "list" ? "string" : "number"}`;
    case "identifier":
      return token.identifier.text;
    case "variable":
      return `the variable ${token.text}`;
    case "atom":
      return `the word ${token.text}`;
    case "punctuation":
      return `"${token.text}"`;
  }
}
