/** The chunks `Attr` and `CInf`: terms in the external format, that compiler and author left in the file. */
import { EnitError } from "../error/index.ts";
import { type Term, compareText, decodeTerm } from "../term/index.ts";
import { type BeamFile, chunkReader } from "./beam-file.ts";
import { malformed } from "./errors.ts";

/** An attribute; each `-name(Value)` of the source is one of the values, a list spliced in. */
export interface BeamAttribute {
  readonly name: string;
  readonly values: readonly Term[];
}

/** The attributes sorted by name, each name once, values in the order of the source, as `beam_lib:chunks(_, [attributes])`. */
export function readAttributes(beam: BeamFile): BeamAttribute[] {
  const attributes = new Map<string, Term[]>();
  for (const [name, value, offset] of readProperties(beam, "Attr")) {
    if (value.kind !== "list" || value.tail !== undefined) throw malformed(`attribute ${name} is no list`, offset);
    attributes.set(name, [...(attributes.get(name) ?? []), ...value.elements]);
  }
  return [...attributes].map(([name, values]) => ({ name, values })).sort((a, b) => compareText(a.name, b.name));
}

/** What the compiler says of itself and of the source (`version`, `options`, `source`), in the order of the file. */
export function readCompileInfo(beam: BeamFile): (readonly [name: string, value: Term])[] {
  return readProperties(beam, "CInf").map(([name, value]) => [name, value]);
}

function readProperties(beam: BeamFile, id: string): (readonly [name: string, value: Term, offset: number])[] {
  const reader = chunkReader(beam, id);
  if (reader === undefined) return [];
  const offset = reader.offset;
  const term = decodeContent(reader.bytes(reader.left), id, offset);
  if (term.kind !== "list" || term.tail !== undefined) throw malformed(`chunk "${id}" holds no list`, offset);
  return term.elements.map((property) => {
    const [name, value] = property.kind === "tuple" ? property.elements : [];
    if (name?.kind !== "atom" || value === undefined) throw malformed(`chunk "${id}" holds no properties`, offset);
    return [name.name, value, offset];
  });
}

function decodeContent(bytes: Uint8Array, id: string, offset: number): Term {
  try {
    return decodeTerm(bytes);
  } catch (cause) {
    if (!(cause instanceof EnitError)) throw cause;
    throw malformed(`chunk "${id}" holds no term`, offset, cause);
  }
}
