import { EnitError } from "../../error/index.ts";
import { type Term, atomName, isBinary, isTuple, listElements, printTerm, stringValue } from "../../term/index.ts";
import type { SpecItem } from "./spec.ts";

/**
 * Reads the term of a target specification, as `specToTerm` makes it; contents may also be strings of bytes, as reltool has
 * them. @throws EnitError `spec_malformed`.
 */
export function termToSpec(term: Term): SpecItem[] {
  return (listElements(term) ?? reject(term)).map(parseItem);
}

function parseItem(term: Term): SpecItem {
  const [kindTerm, nameTerm, first, second] = isTuple(term) ? term.elements : [];
  const name = stringValue(nameTerm);
  const arity = isTuple(term) ? term.elements.length : 0;
  if (name === undefined) return reject(term);
  switch (`${atomName(kindTerm)}/${arity}`) {
    case "create_dir/3":
      return first === undefined ? reject(term) : { kind: "create_dir", name, items: termToSpec(first) };
    case "create_dir/4": {
      const source = stringValue(first);
      if (source === undefined || second === undefined) return reject(term);
      return { kind: "create_dir", name, source, items: termToSpec(second) };
    }
    case "archive/4": {
      const options = listElements(first);
      if (options === undefined || second === undefined) return reject(term);
      return { kind: "archive", name, options, items: termToSpec(second) };
    }
    case "copy_file/2":
      return { kind: "copy_file", name };
    case "copy_file/3":
      return { kind: "copy_file", name, source: stringValue(first) ?? reject(term) };
    case "write_file/3":
      return { kind: "write_file", name, content: contentOf(first) ?? reject(term) };
    case "strip_beam/2":
      return { kind: "strip_beam", name, keep: undefined };
    case "strip_beam/3":
      return { kind: "strip_beam", name, keep: listElements(first)?.map((each) => stringValue(each) ?? reject(term)) };
    default:
      return reject(term);
  }
}

function contentOf(term: Term | undefined): Uint8Array | undefined {
  if (isBinary(term)) return term.bytes;
  const text = stringValue(term);
  return text === undefined ? undefined : new TextEncoder().encode(text);
}

const SHOWN_CHARACTERS = 120;

function reject(term: Term): never {
  const text = printTerm(term, { format: "tw" });
  const shown = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}...` : text;
  throw new EnitError("spec_malformed", `cannot use ${shown}: it is no item of a target specification`, {
    kind: "input",
    data: { item: shown },
  });
}
