import { type BeamFile, countLiterals, hasPlainLiterals, inBeamFile, openBeam, readCodeHeader } from "../beam/index.ts";
import { joinPath } from "./filename.ts";
import { listDirectoryIfAny, readFileIfAny } from "./files.ts";

/** What the emulator of an installation can load. */
export interface EmulatorLimits {
  /** The OTP release. */
  readonly release: number;
  /** The highest opcode that it knows; `undefined` if the installation does not say it. */
  readonly maxOpcode: number | undefined;
}

/** The first release that writes and reads atoms of more than 255 bytes, and literals that are not compressed. */
const FIRST_WITH_LONG_ATOMS = 28;

/**
 * Finds out what an emulator can load. Its compiler has a table of all instructions, one literal each, in the module
 * `beam_opcodes`; an installation without compiler does not say what it knows.
 */
export function readEmulatorLimits(root: string, release: number): EmulatorLimits {
  const lib = joinPath(root, "lib");
  const compiler = (listDirectoryIfAny(lib) ?? []).findLast((name) => /^compiler(-|$)/.test(name));
  if (compiler === undefined) return { release, maxOpcode: undefined };
  const file = joinPath(lib, compiler, "ebin", "beam_opcodes.beam");
  const bytes = readFileIfAny(file);
  const maxOpcode = bytes && inBeamFile(file, () => countLiterals(openBeam(bytes)));
  return { release, maxOpcode };
}

/** Why an emulator would refuse a BEAM file; `undefined` if it would not, as far as can be told. */
export function whyNotLoaded(beam: BeamFile, { release, maxOpcode }: EmulatorLimits): string | undefined {
  const { maxOpcode: highest } = readCodeHeader(beam);
  if (maxOpcode !== undefined && highest > maxOpcode) {
    return `it has instruction ${highest}, of which Erlang/OTP ${release} knows ${maxOpcode}`;
  }
  if (release >= FIRST_WITH_LONG_ATOMS) return undefined;
  const isLater = beam.atoms.longLengths || hasPlainLiterals(beam) === true;
  return isLater ? `it has the form of Erlang/OTP ${FIRST_WITH_LONG_ATOMS} and later` : undefined;
}
