/**
 * The chunks `AtU8` (UTF-8) and, up to OTP 19, `Atom` (latin1): a count, then the atoms, which the other chunks name by
 * their position, from 1 on. The first is the module's name.
 *
 * From OTP 28 on the count is negative, and a length is a compact term (`compact.ts`) in place of a byte.
 */
import { ByteReader } from "./byte-reader.ts";
import { malformed } from "./errors.ts";
import { readCompact } from "./compact.ts";

/** The atoms of a BEAM file. */
export interface AtomTable {
  readonly size: number;
  /** Whether lengths are written as OTP 28 and later do. */
  readonly longLengths: boolean;
  /** The name of the atom at this position, from 1 on; @throws EnitError `beam_malformed` if there is none. */
  readonly name: (index: number) => string;
}

/** Opens the content of an atom chunk that lies at this offset of the file. Names are decoded when they are asked for. */
export function openAtomTable(content: Uint8Array, offset: number, encoding: "utf8" | "latin1"): AtomTable {
  const reader = new ByteReader(content, offset);
  const count = reader.int32();
  const longLengths = count < 0 && encoding === "utf8";
  const size = Math.abs(count);
  // An atom takes a byte at least.
  if (size === 0 || size > reader.left) throw malformed(`it cannot have ${count} atoms`, offset);
  // Objects for all of them would cost more than reading the file.
  const places = longLengths ? skipLongStrings(reader, size, offset) : reader.skipStrings8(size);
  if (reader.left > 0) throw malformed("bytes follow its last atom", reader.offset);

  const buffer = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const names: (string | undefined)[] = [];
  const name = (index: number): string => {
    const known = names[index];
    if (known !== undefined) return known;
    const [start, end] = [places[index * 2 - 2], places[index * 2 - 1]];
    if (start === undefined || end === undefined) throw malformed(`it has no atom ${index}`, offset);
    const decoded = decodeName(buffer, start, end, encoding, offset);
    names[index] = decoded;
    return decoded;
  };
  return { size, longLengths, name };
}

/** As `skipStrings8`, lengths as OTP 28 and later write them. */
function skipLongStrings(reader: ByteReader, count: number, offset: number): number[] {
  const places: number[] = [];
  for (let i = 0; i < count; i++) {
    const length = readCompact(reader).value;
    const start = reader.offset - offset;
    reader.skip(length);
    places.push(start, start + length);
  }
  return places;
}

function decodeName(buffer: Buffer, start: number, end: number, encoding: "utf8" | "latin1", offset: number): string {
  const name = buffer.toString(encoding, start, end);
  // What cannot be decoded becomes U+FFFD, which may also stand there rightly.
  if (name.includes("\u{fffd}") && !Buffer.from(name).equals(buffer.subarray(start, end))) {
    throw malformed("an atom is no UTF-8", offset + start);
  }
  return name;
}
