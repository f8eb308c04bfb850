/**
 * The chunks `ExpT`, `LocT` and `ImpT`: a count and entries of three words. Atoms are positions in the atom table.
 */
import { type BeamFile, chunkReader, mandatoryChunkReader } from "./beam-file.ts";
import { type ByteReader, malformed } from "./byte-reader.ts";
import { compareNames } from "./compare-names.ts";

/** A function that the module defines. */
export interface BeamFunction {
  readonly name: string;
  readonly arity: number;
  /** The label in the code where it begins. */
  readonly label: number;
}

/** A function that the module calls or names. */
export interface BeamImport {
  readonly module: string;
  readonly name: string;
  readonly arity: number;
}

/** The exported functions, sorted by name and arity, as `beam_lib:chunks(_, [labeled_exports])`. */
export function readExports(beam: BeamFile): BeamFunction[] {
  return readFunctions(beam, mandatoryChunkReader(beam, "ExpT"));
}

/** The functions that are not exported, sorted; none if the file was stripped. */
export function readLocals(beam: BeamFile): BeamFunction[] {
  const reader = chunkReader(beam, "LocT");
  return reader === undefined ? [] : readFunctions(beam, reader);
}

/** The imported functions, sorted by module, name and arity, as `beam_lib:chunks(_, [imports])`. */
export function readImports(beam: BeamFile): BeamImport[] {
  return readImportTable(beam).sort(
    (a, b) => compareNames(a.module, b.module) || compareNames(a.name, b.name) || a.arity - b.arity,
  );
}

/** The imported functions in the order of the file, by which the code numbers them from 0 on. */
export function readImportTable(beam: BeamFile): BeamImport[] {
  return readTriples(mandatoryChunkReader(beam, "ImpT")).map(([module, name, arity]) => ({
    module: beam.atoms.name(module),
    name: beam.atoms.name(name),
    arity,
  }));
}

function readFunctions(beam: BeamFile, reader: ByteReader): BeamFunction[] {
  return readTriples(reader)
    .map(([name, arity, label]) => ({ name: beam.atoms.name(name), arity, label }))
    .sort((a, b) => compareNames(a.name, b.name) || a.arity - b.arity);
}

const TRIPLE_SIZE = 12;

function readTriples(reader: ByteReader): (readonly [number, number, number])[] {
  const offset = reader.offset;
  const count = reader.uint32();
  if (reader.left !== count * TRIPLE_SIZE) throw malformed(`a table says ${count} entries and has others`, offset);
  const triples: (readonly [number, number, number])[] = [];
  for (let i = 0; i < count; i++) triples.push([reader.uint32(), reader.uint32(), reader.uint32()]);
  return triples;
}
