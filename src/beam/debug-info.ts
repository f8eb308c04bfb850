/** The chunk `Dbgi`: the source as abstract code, where it was compiled with `debug_info` and not stripped. */
import { EnitError } from "../error/index.ts";
import { type Term, atomName, decodeTerm, isTagged, isTuple, listElements } from "../term/index.ts";
import { type BeamFile, chunkContent } from "./beam-file.ts";

/**
 * The names of the fields of each record that a module defines, by the record's name; `undefined` if the file does not say
 * it: it has no debug information, or it is encrypted, or of another compiler than Erlang's.
 */
export function readRecords(beam: BeamFile): ReadonlyMap<string, readonly string[]> | undefined {
  const content = chunkContent(beam, "Dbgi");
  const forms = content === undefined ? undefined : formsOf(content);
  if (forms === undefined) return undefined;
  const records = new Map<string, readonly string[]>();
  for (const form of forms) {
    const [, , attribute, value] = isTagged(form, "attribute", 4) ? form.elements : [];
    const [name, fields] = atomName(attribute) === "record" && isTuple(value, 2) ? value.elements : [];
    const recordName = atomName(name);
    if (recordName !== undefined) records.set(recordName, (listElements(fields) ?? []).map(fieldName));
  }
  return records;
}

function formsOf(content: Uint8Array): readonly Term[] | undefined {
  const info = decodeIfTerm(content);
  if (!isTagged(info, "debug_info_v1", 3) || atomName(info.elements[1]) !== "erl_abstract_code") return undefined;
  const [forms] = isTuple(info.elements[2], 2) ? info.elements[2].elements : [];
  return listElements(forms);
}

/** What is encrypted is no term. */
function decodeIfTerm(content: Uint8Array): Term | undefined {
  try {
    return decodeTerm(content);
  } catch (error) {
    if (!(error instanceof EnitError)) throw error;
    return undefined;
  }
}

/** `{record_field, Line, {atom, Line, Name}}`, with a default value, or within `{typed_record_field, Field, Type}`. */
function fieldName(field: Term): string {
  if (isTagged(field, "typed_record_field", 3) && field.elements[1] !== undefined) return fieldName(field.elements[1]);
  const [, , name] = isTagged(field, "record_field") ? field.elements : [];
  return (isTagged(name, "atom", 3) ? atomName(name.elements[2]) : undefined) ?? "_";
}
