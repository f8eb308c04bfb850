import { type Context, EnitError } from "../../src/contract/index.ts";
import { findJsonError } from "./json-error.ts";
import type { Input } from "./read-input.ts";

export type Format = "text" | "etf" | "json";

type Terms = Context["terms"];
type Term = ReturnType<Terms["parseTerm"]>;
type JsonValue = ReturnType<Terms["termToJson"]>;

/** With which every term in the external format begins. No text can: in UTF-8 it never stands first, and in latin1 it is a control character. */
const ETF_VERSION = 131;

/** Reads all terms of the input; without a format it is told by the first byte. */
export function readTerms(
  terms: Terms,
  input: Input,
  format: Format | undefined,
): { readonly from: Format; readonly terms: readonly Term[] } {
  const from = format ?? (input.bytes[0] === ETF_VERSION ? "etf" : "text");
  switch (from) {
    case "text":
      return { from, terms: readText(terms, input) };
    case "etf":
      return { from, terms: readEtf(terms, input) };
    case "json":
      return { from, terms: readJson(terms, input) };
  }
}

function readText(terms: Terms, { bytes, file }: Input): readonly Term[] {
  const options = file === undefined ? {} : { file };
  return terms.parseTerms(terms.decodeTermText(bytes, file), options).terms;
}

function readEtf(terms: Terms, { bytes }: Input): readonly Term[] {
  const found: Term[] = [];
  let offset = 0;
  do {
    const { term, next } = terms.decodeTermAt(bytes, offset);
    found.push(term);
    offset = next;
  } while (offset < bytes.length);
  return found;
}

function readJson(terms: Terms, input: Input): readonly Term[] {
  const values = parseJson(input);
  const all = Array.isArray(values) ? terms.jsonToTerm(values) : undefined;
  if (all?.kind === "list") return all.elements;
  const name = input.file ?? "standard input";
  throw new EnitError("term_json", `cannot read "${name}": it must be an array with one element for each term`, {
    kind: "input",
  });
}

function parseJson({ bytes, file }: Input): JsonValue {
  const text = new TextDecoder().decode(bytes);
  try {
    return JSON.parse(text) as JsonValue;
  } catch (cause) {
    const position = findJsonError(text);
    const place = `${file ?? "standard input"}:${position.line}:${position.column}`;
    const state = cause instanceof Error ? cause.message.replace(/^JSON Parse error: /, "") : String(cause);
    throw new EnitError("json_syntax", `cannot read "${place}": ${state}`, {
      kind: "input",
      data: { ...(file === undefined ? {} : { file }), ...position },
      cause,
    });
  }
}
