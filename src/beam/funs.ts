import { type BeamFile, chunkReader } from "./beam-file.ts";
import { malformed } from "./errors.ts";

/** A `fun` expression of the source: the function that the compiler made of it. */
export interface BeamFun {
  readonly name: string;
  /** Of the function, the variables that the fun brings along counted. */
  readonly arity: number;
  readonly label: number;
  /** How many variables it brings along. */
  readonly free: number;
}

/** The table of funs, the chunk `FunT`: a count, and entries of six words, which the code numbers from 0 on. */
export function readFuns(beam: BeamFile): BeamFun[] {
  const reader = chunkReader(beam, "FunT");
  if (reader === undefined) return [];
  const { offset } = reader;
  const count = reader.uint32();
  if (reader.left !== count * 24) throw malformed(`its table says ${count} funs and has others`, offset);
  const funs: BeamFun[] = [];
  for (let i = 0; i < count; i++) {
    const [name = 0, arity = 0, label = 0, , free = 0] = reader.uint32s(6);
    funs.push({ name: beam.atoms.name(name), arity, label, free });
  }
  return funs;
}
