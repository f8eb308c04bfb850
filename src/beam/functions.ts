/**
 * The chunks `ExpT`, `LocT` and `ImpT`: a count and entries of three words. Atoms are positions in the atom table.
 */
import { compareText } from "../term/index.ts";
import { type BeamFile, chunkReader, mandatoryChunkReader } from "./beam-file.ts";
import type { ByteReader } from "./byte-reader.ts";
import { malformed } from "./errors.ts";

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
    (a, b) => compareText(a.module, b.module) || compareText(a.name, b.name) || a.arity - b.arity,
  );
}

/** The imported functions in the order of the file, by which the code numbers them from 0 on. */
export function readImportTable(beam: BeamFile): BeamImport[] {
  const { name } = beam.atoms;
  return triples(mandatoryChunkReader(beam, "ImpT"), (module, fun, arity) => {
    return { module: name(module), name: name(fun), arity };
  });
}

/**
 * The modules of which a function is imported, itself left out. `ignored` gives the functions of a module that do not
 * count, as `name/arity`.
 */
export function readUsedModules(beam: BeamFile, ignored: (module: string) => ReadonlySet<string>): string[] {
  const { name } = beam.atoms;
  const numbers = readTable(mandatoryChunkReader(beam, "ImpT"));
  const used: string[] = [];
  /** By atom: the functions that do not count, or `done` if no other one could change anything. */
  const modules: (ReadonlySet<string> | "done" | undefined)[] = [];
  for (let at = 0; at < numbers.length; at += 3) {
    const [atom = 0, fun = 0, arity = 0] = [numbers[at], numbers[at + 1], numbers[at + 2]];
    const module = (modules[atom] ??= name(atom) === beam.module ? "done" : ignored(name(atom)));
    if (module === "done" || (module.size > 0 && module.has(`${name(fun)}/${arity}`))) continue;
    modules[atom] = "done";
    used.push(name(atom));
  }
  return used;
}

function readFunctions(beam: BeamFile, reader: ByteReader): BeamFunction[] {
  return triples(reader, (name, arity, label) => ({ name: beam.atoms.name(name), arity, label })).sort(
    (a, b) => compareText(a.name, b.name) || a.arity - b.arity,
  );
}

function triples<T>(reader: ByteReader, convert: (first: number, second: number, third: number) => T): T[] {
  const numbers = readTable(reader);
  const converted: T[] = [];
  for (let at = 0; at < numbers.length; at += 3) {
    converted.push(convert(numbers[at] ?? 0, numbers[at + 1] ?? 0, numbers[at + 2] ?? 0));
  }
  return converted;
}

/** A count, and entries of three numbers. */
function readTable(reader: ByteReader): number[] {
  const offset = reader.offset;
  const count = reader.uint32();
  if (reader.left !== count * 12) throw malformed(`a table says ${count} entries and has others`, offset);
  return reader.uint32s(count * 3);
}
