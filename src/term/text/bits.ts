/** Evaluates the segments of a binary written as text, `<<1:16/little, "abc"/utf8>>`, as `eval_bits` does. */
import { bitstring, ownedBinary } from "../make.ts";
import type { BitstringTerm, FloatTerm, IntegerTerm } from "../term.ts";
import { BitWriter, MAX_BITS } from "./bit-writer.ts";
import type { Source } from "./source.ts";

/** A string is written character by character. */
export type SegmentValue = IntegerTerm | FloatTerm | BitstringTerm | string;

export interface Segment {
  readonly offset: number;
  readonly value: SegmentValue;
  readonly size: bigint | undefined;
  readonly types: readonly { readonly name: string; readonly unit: bigint | undefined }[];
}

interface SegmentType {
  readonly type: "integer" | "float" | "binary" | "utf8" | "utf16" | "utf32";
  readonly unit: number | undefined;
  readonly little: boolean;
}

type Refuse = (state: string) => Error;

/** What each word after the slash settles; two words may settle the same thing only in the same way. */
const TYPE_WORDS: Readonly<Record<string, readonly (readonly [property: string, value: string])[]>> = {
  integer: [["type", "integer"]],
  float: [["type", "float"]],
  binary: [["type", "binary"]],
  bytes: [
    ["type", "binary"],
    ["unit", "8"],
  ],
  bitstring: [
    ["type", "binary"],
    ["unit", "1"],
  ],
  bits: [
    ["type", "binary"],
    ["unit", "1"],
  ],
  utf8: [["type", "utf8"]],
  utf16: [["type", "utf16"]],
  utf32: [["type", "utf32"]],
  big: [["endianness", "big"]],
  little: [["endianness", "little"]],
  native: [["endianness", "native"]],
  signed: [["sign", "signed"]],
  unsigned: [["sign", "unsigned"]],
};

/** Writes the segments one after another. Throws `term_syntax` where Erlang would say `bad term`. */
export function evaluateSegments(source: Source, segments: readonly Segment[]): BitstringTerm {
  const writer = new BitWriter();
  for (const segment of segments) {
    const refuse = (state: string) => source.error(segment.offset, state);
    const type = resolveType(segment, refuse);
    if (typeof segment.value === "string") writeText(writer, segment, segment.value, type, refuse);
    else writeValue(writer, segment, segment.value, type, refuse);
  }
  const { bytes, lastBits } = writer.finish();
  return lastBits === 8 ? ownedBinary(bytes) : bitstring(bytes, lastBits);
}

function resolveType(segment: Segment, refuse: Refuse): SegmentType {
  const settled = new Map<string, string>();
  for (const { name, unit } of segment.types) {
    for (const [property, value] of unit === undefined ? typeWord(name, refuse) : unitWord(name, unit, refuse)) {
      const before = settled.get(property);
      if (before !== undefined && before !== value) {
        throw refuse(`the ${property} of a segment cannot be both ${before} and ${value}`);
      }
      settled.set(property, value);
    }
  }
  const type = (settled.get("type") ?? "integer") as SegmentType["type"];
  const unitText = settled.get("unit");
  const unit = unitText === undefined ? undefined : Number(unitText);
  if (unit !== undefined && segment.size === undefined && type !== "binary")
    throw refuse("a unit needs a size before it");
  // All machines that enit runs on are little-endian.
  return { type, unit, little: (settled.get("endianness") ?? "big") !== "big" };
}

function typeWord(name: string, refuse: Refuse): readonly (readonly [string, string])[] {
  const word = Object.hasOwn(TYPE_WORDS, name) ? TYPE_WORDS[name] : undefined;
  if (word === undefined)
    throw refuse(`${name} is no type of a segment; there are ${Object.keys(TYPE_WORDS).join(", ")}`);
  return word;
}

function unitWord(name: string, unit: bigint, refuse: Refuse): readonly (readonly [string, string])[] {
  if (name !== "unit") throw refuse(`only a unit has a number after its name, not ${name}`);
  if (unit < 1n || unit > 256n) throw refuse("the unit of a segment is 1 to 256");
  return [["unit", String(unit)]];
}

function writeText(writer: BitWriter, segment: Segment, text: string, type: SegmentType, refuse: Refuse): void {
  if (type.type === "binary") throw refuse("a string cannot be a segment of type binary");
  // The size of an empty string must be one that its characters could have.
  if (text === "") writeValue(new BitWriter(), segment, { kind: "integer", value: 0n }, type, refuse);
  for (const character of text) {
    const value = BigInt(character.codePointAt(0) ?? 0);
    writeValue(writer, segment, { kind: "integer", value }, type, refuse);
  }
}

function writeValue(
  writer: BitWriter,
  segment: Segment,
  value: IntegerTerm | FloatTerm | BitstringTerm,
  type: SegmentType,
  refuse: Refuse,
): void {
  switch (type.type) {
    case "integer":
      if (value.kind !== "integer") throw refuse(`a ${value.kind} cannot be a segment of type integer`);
      return writer.integer(value.value, bitsOf(segment.size ?? 8n, type.unit ?? 1, writer, refuse), type.little);
    case "float":
      if (value.kind === "bitstring") throw refuse("a binary cannot be a segment of type float");
      return writeFloat(
        writer,
        Number(value.value),
        bitsOf(segment.size ?? 64n, type.unit ?? 1, writer, refuse),
        type,
        refuse,
      );
    case "binary":
      if (value.kind !== "bitstring") throw refuse(`a ${value.kind} cannot be a segment of type binary`);
      return writeBits(writer, segment, value, type.unit ?? 8, refuse);
    case "utf8":
    case "utf16":
    case "utf32":
      return writeCharacter(writer, segment, value, type, refuse);
  }
}

function bitsOf(size: bigint, unit: number, writer: BitWriter, refuse: Refuse): number {
  const bits = Number(size) * unit;
  if (writer.bits + bits > MAX_BITS) throw refuse(`the binary would have more than ${MAX_BITS} bits`);
  return bits;
}

function writeFloat(writer: BitWriter, value: number, bits: number, type: SegmentType, refuse: Refuse): void {
  if (bits !== 16 && bits !== 32 && bits !== 64) throw refuse(`a float has 16, 32 or 64 bits, not ${bits}`);
  if (!Number.isFinite(value)) throw refuse("the integer is too large for a float");
  const view = new DataView(new ArrayBuffer(8));
  if (bits === 64) view.setFloat64(0, value, type.little);
  else if (bits === 32) view.setFloat32(0, value, type.little);
  else view.setFloat16(0, value, type.little);
  writer.bytes(new Uint8Array(view.buffer, 0, bits / 8));
}

function writeBits(writer: BitWriter, segment: Segment, value: BitstringTerm, unit: number, refuse: Refuse): void {
  const all = value.bytes.length * 8 - (8 - value.lastBits);
  const bits = segment.size === undefined ? all : bitsOf(segment.size, unit, writer, refuse);
  if (bits > all) throw refuse(`the binary has ${all} bits, not ${bits}`);
  if (segment.size === undefined && all % unit !== 0)
    throw refuse(`the ${all} bits of the binary are no multiple of ${unit}`);
  if (writer.bits + bits > MAX_BITS) throw refuse(`the binary would have more than ${MAX_BITS} bits`);
  writer.prefix(value.bytes, bits);
}

function writeCharacter(
  writer: BitWriter,
  segment: Segment,
  value: IntegerTerm | FloatTerm | BitstringTerm,
  type: SegmentType,
  refuse: Refuse,
): void {
  if (segment.size !== undefined || type.unit !== undefined) throw refuse(`a segment of type ${type.type} has no size`);
  const code = value.kind === "integer" ? Number(value.value) : -1;
  if (code < 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
    throw refuse("the value is no Unicode character");
  const character = String.fromCodePoint(code);
  if (type.type === "utf8") return writer.bytes(new TextEncoder().encode(character));
  if (type.type === "utf32") return writer.integer(BigInt(code), 32, type.little);
  for (let i = 0; i < character.length; i++) writer.integer(BigInt(character.charCodeAt(i)), 16, type.little);
}
