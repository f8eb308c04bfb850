import type { Term } from "../term.ts";

/** One token of Erlang text, with the offset where it begins. */
export type Token =
  | { readonly type: "atom" | "variable" | "reserved word"; readonly offset: number; readonly text: string }
  | { readonly type: "integer" | "character"; readonly offset: number; readonly value: bigint }
  | { readonly type: "float"; readonly offset: number; readonly value: number }
  | { readonly type: "string"; readonly offset: number; readonly text: string }
  /** A sigil, read already: a binary, or the text of a string. */
  | { readonly type: "sigil"; readonly offset: number; readonly content: Term | string }
  | { readonly type: "punctuation"; readonly offset: number; readonly text: string }
  /** The dot that ends a term. */
  | { readonly type: "dot"; readonly offset: number }
  | { readonly type: "end"; readonly offset: number };

/** Names a token in an error message. */
export function describeToken(token: Token): string {
  switch (token.type) {
    case "end":
      return "the end of the text";
    case "dot":
      return "the final dot";
    case "string":
    case "sigil":
      return `a ${token.type}`;
    case "integer":
    case "float":
      return `the ${token.type} ${shorten(String(token.value))}`;
    case "character":
      return `the character ${token.value}`;
    case "punctuation":
      return `"${token.text}"`;
    case "atom":
    case "variable":
    case "reserved word":
      return `the ${token.type} ${shorten(token.text)}`;
  }
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}
