import { type BeamAttribute, type BeamFile, beamMd5, inBeamFile, openBeam, readAttributes } from "../../beam/index.ts";
import { binary, encodeTerm, list, tuple } from "../../term/index.ts";

/** A module as it lies in an application: its bytes, and what is in them, decoded when it is asked for. */
export class ModuleCode {
  readonly name: string;
  /** Where it was found, for messages. */
  readonly file: string;
  readonly #read: () => Uint8Array;
  #bytes: Uint8Array | undefined;
  #beam: BeamFile | undefined;
  #attributes: readonly BeamAttribute[] | undefined;
  #md5: string | undefined;

  /** `read` gives the whole BEAM file, compressed or not; it is called once, when it is needed. */
  constructor(name: string, file: string, read: () => Uint8Array) {
    this.name = name;
    this.file = file;
    this.#read = read;
  }

  /** The whole BEAM file as it was found. */
  get bytes(): Uint8Array {
    return (this.#bytes ??= this.#read());
  }

  /** @throws EnitError `beam_malformed` with the file. */
  get beam(): BeamFile {
    return (this.#beam ??= inBeamFile(this.file, () => openBeam(this.bytes)));
  }

  /** The attributes by name, sorted. Throws as `beam`. */
  get attributes(): readonly BeamAttribute[] {
    return (this.#attributes ??= inBeamFile(this.file, () => readAttributes(this.beam)));
  }

  /** Whether its attributes were taken out, as `beam_lib:strip/1` does. Throws as `beam`. */
  get isStripped(): boolean {
    return !this.beam.chunks.some(({ id }) => id === "Attr");
  }

  /** The MD5 that the VM tells of the loaded module, in hexadecimal. Throws as `beam`. */
  get md5(): string {
    return (this.#md5 ??= inBeamFile(this.file, () => Buffer.from(beamMd5(this.beam)).toString("hex")));
  }
}

/**
 * Whether two files hold the same module, as far as it matters once it is loaded: the same code and the same attributes.
 * Debug information, compile info and lines do not count, nor does it matter whether a file is stripped or compressed. The
 * attributes of one that was stripped of them, too, are taken for those of the other one.
 */
export function isSameModule(a: ModuleCode, b: ModuleCode): boolean {
  if (Buffer.compare(a.bytes, b.bytes) === 0) return true;
  if (a.md5 !== b.md5) return false;
  return a.isStripped || b.isStripped || Buffer.compare(attributeBytes(a), attributeBytes(b)) === 0;
}

/** The attributes in one form, whatever the form in the file. */
function attributeBytes({ attributes }: ModuleCode): Uint8Array {
  return encodeTerm(list(attributes.map(({ name, values }) => tuple(binary(name), list(values)))));
}
