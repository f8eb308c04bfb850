import { MAX_TERM_DEPTH, tooDeep } from "../limits.ts";
import { isUnicodePrintable } from "../printable.ts";
import type { BitstringTerm, ExportTerm, FunTerm, ListTerm, PidTerm, Term } from "../term.ts";
import { decodeUtf8 } from "../utf8.ts";
import type { JsonObject, JsonValue } from "./value.ts";

/**
 * Turns a term into JSON from which `jsonToTerm` makes the same term again.
 *
 * - integer: a number; `{"integer": "123..."}` beyond 2^53 - 1
 * - float: a number if it has a fraction; else `{"float": 1}`, and `{"float": "-0.0"}`
 * - atom: `true`, `false` and `null` for these; else `{"atom": "ok"}`
 * - list: an array; a string if it is not empty and all its elements are printable characters;
 *   `{"list": [...], "tail": ...}` if it is improper
 * - tuple: `{"tuple": [...]}`
 * - map: `{"map": [[KEY, VALUE], ...]}`, in the order of the entries
 * - binary: `{"binary": "text"}` if it is printable UTF-8, or empty; else `{"base64": "..."}`, a bitstring with
 *   `"lastBits": 1..7` beside it
 * - pid, port, reference, fun: `{"pid": {...}}` and so on, with the fields of the term
 *
 * Throws `term_limit` for a term nested deeper than 2,000 levels. The form is documented in docs/term-json.md.
 */
export function termToJson(term: Term): JsonValue {
  return toJson(term, MAX_TERM_DEPTH);
}

function toJson(term: Term, levels: number): JsonValue {
  if (levels <= 0) throw tooDeep("turn into JSON");
  switch (term.kind) {
    case "integer":
      return integerToJson(term.value);
    case "float":
      return floatToJson(term.value);
    case "atom":
      return atomToJson(term.name);
    case "list":
      return listToJson(term, levels - 1);
    case "tuple":
      return { tuple: allToJson(term.elements, levels - 1) };
    case "map":
      return { map: term.entries.map(([key, value]) => [toJson(key, levels - 1), toJson(value, levels - 1)]) };
    case "bitstring":
      return bitstringToJson(term);
    case "pid":
      return { pid: pidToJson(term) };
    case "port":
      return { port: { node: term.node, id: integerToJson(term.id), creation: term.creation } };
    case "reference":
      return { reference: { node: term.node, words: term.words, creation: term.creation } };
    case "export":
      return { fun: exportToJson(term) };
    case "fun":
      return { fun: funToJson(term, levels - 1) };
  }
}

function allToJson(terms: readonly Term[], levels: number): readonly JsonValue[] {
  return terms.map((term) => toJson(term, levels));
}

function integerToJson(value: bigint): JsonValue {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : { integer: value.toString() };
}

function floatToJson(value: number): JsonValue {
  if (Object.is(value, -0)) return { float: "-0.0" };
  return Number.isInteger(value) ? { float: value } : value;
}

function atomToJson(name: string): JsonValue {
  if (name === "null") return null;
  if (name === "true" || name === "false") return name === "true";
  return { atom: name };
}

function listToJson({ elements, tail }: ListTerm, levels: number): JsonValue {
  if (tail !== undefined) return { list: allToJson(elements, levels), tail: toJson(tail, levels) };
  return printableText(elements) ?? allToJson(elements, levels);
}

/** The text of a list of printable characters, unless it is empty. */
function printableText(elements: readonly Term[]): string | undefined {
  let text = "";
  for (const element of elements) {
    if (element.kind !== "integer") return undefined;
    const code = Number(element.value);
    if (!isUnicodePrintable(code)) return undefined;
    text += String.fromCodePoint(code);
  }
  return text === "" ? undefined : text;
}

function bitstringToJson({ bytes, lastBits }: BitstringTerm): JsonValue {
  if (lastBits !== 8) return { base64: base64(bytes), lastBits };
  const text = decodeUtf8(bytes);
  if (text === undefined || !isPrintableText(text)) return { base64: base64(bytes) };
  return { binary: text };
}

function isPrintableText(text: string): boolean {
  for (const character of text) if (!isUnicodePrintable(character.codePointAt(0) ?? 0)) return false;
  return true;
}

function pidToJson({ node, id, serial, creation }: PidTerm): JsonObject {
  return { node, id, serial, creation };
}

function exportToJson(term: ExportTerm): JsonObject {
  return { module: term.module, function: term.function, arity: term.arity };
}

function funToJson(term: FunTerm, levels: number): JsonObject {
  const { module, arity, index, oldIndex, oldUniq } = term;
  const free = allToJson(term.free, levels);
  return { module, arity, index, uniq: base64(term.uniq), oldIndex, oldUniq, pid: pidToJson(term.pid), free };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
}
