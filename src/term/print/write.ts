import { tooDeep } from "../limits.ts";
import type { BitstringTerm, ListTerm, MapTerm, Term } from "../term.ts";
import { writeAtom, writeFunName } from "./atoms.ts";
import { writeFloat } from "./numbers.ts";
import type { PrintStyle } from "./options.ts";

/** Writes a term as `~w` and `~tw` do: on one line, strings and binaries as numbers. */
export function writeTerm(term: Term, style: PrintStyle, levels: number): string {
  if (levels <= 0) throw tooDeep("print");
  if (term.kind === "tuple") return `{${writeTerms(term.elements, style, levels - 1)}}`;
  if (term.kind === "list") return writeList(term, style, levels - 1);
  if (term.kind === "map") return writeMap(term, style, levels - 1);
  return writeScalar(term, style);
}

/** Writes a term that holds no other terms, or hides them. */
export function writeScalar(term: Exclude<Term, { kind: "tuple" | "list" | "map" }>, style: PrintStyle): string {
  switch (term.kind) {
    case "atom":
      return writeAtom(term.name, style);
    case "integer":
      return term.value.toString();
    case "float":
      return writeFloat(term.value);
    case "bitstring":
      return writeBitstring(term);
    case "pid":
      return `<0.${term.id}.${term.serial}>`;
    case "port":
      return `#Port<0.${term.id}>`;
    case "reference":
      return `#Ref<0.${term.words.toReversed().join(".")}>`;
    case "export":
      return `fun ${writeFunName(term.module, style)}:${writeFunName(term.function, style)}/${term.arity}`;
    case "fun":
      return `#Fun<${writeFunName(term.module, style)}.${term.oldIndex}.${term.oldUniq}>`;
  }
}

/** Writes the bytes of a bitstring as numbers: `<<1,2,3:4>>`. */
export function writeBitstring({ bytes, lastBits }: BitstringTerm): string {
  if (lastBits === 8) return `<<${bytes.join(",")}>>`;
  const last = (bytes[bytes.length - 1] ?? 0) >> (8 - lastBits);
  const whole = bytes.subarray(0, -1);
  return `<<${whole.length === 0 ? "" : `${whole.join(",")},`}${last}:${lastBits}>>`;
}

function writeList({ elements, tail }: ListTerm, style: PrintStyle, levels: number): string {
  const written = writeTerms(elements, style, levels);
  return tail === undefined ? `[${written}]` : `[${written}|${writeTerm(tail, style, levels)}]`;
}

function writeTerms(terms: readonly Term[], style: PrintStyle, levels: number): string {
  let text = "";
  for (const term of terms) text += text === "" ? writeTerm(term, style, levels) : `,${writeTerm(term, style, levels)}`;
  return text;
}

function writeMap({ entries }: MapTerm, style: PrintStyle, levels: number): string {
  let text = "";
  for (const [key, value] of entries) {
    if (text !== "") text += ",";
    text += `${writeTerm(key, style, levels)} => ${writeTerm(value, style, levels)}`;
  }
  return `#{${text}}`;
}
