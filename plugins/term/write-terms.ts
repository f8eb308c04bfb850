import type { Context } from "../../src/contract/index.ts";
import type { Format } from "./read-terms.ts";

type Terms = Context["terms"];
type Term = ReturnType<Terms["parseTerm"]>;
type JsonValue = ReturnType<Terms["termToJson"]>;

/** Terms in one of the formats. */
export type Converted =
  | { readonly to: "text"; readonly output: string }
  | { readonly to: "etf"; readonly output: Uint8Array }
  | { readonly to: "json"; readonly output: readonly JsonValue[] };

/** Converts terms: each to lines of text that end in a dot, to the external format, or to one element of an array. */
export function writeTerms(terms: Terms, values: readonly Term[], to: Format): Converted {
  switch (to) {
    case "text":
      return {
        to,
        output: values.map((term) => `${terms.printTerm(term, { printableRange: "unicode" })}.\n`).join(""),
      };
    case "etf":
      return { to, output: Buffer.concat(values.map((term) => terms.encodeTerm(term))) };
    case "json":
      return { to, output: values.map((term) => terms.termToJson(term)) };
  }
}

/** Draws converted terms as they are; of JSON, one term a line. */
export function drawTerms({ to, output }: Converted): string | Uint8Array {
  return to === "json" ? `[${output.map((each) => JSON.stringify(each)).join(",\n ")}]\n` : output;
}
