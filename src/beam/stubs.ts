/**
 * Functions that are only there to be named: `size(_Item) -> erlang:nif_error(undefined)` in `erlang.erl`, where the
 * emulator puts its own.
 *
 * The numbers of instructions are those of compiler's `genop.tab`, which never change.
 */
import { type BeamFile, mandatoryChunkReader } from "./beam-file.ts";
import type { ByteReader } from "./byte-reader.ts";
import { COMPACT_TAG, readCompact } from "./compact.ts";
import { readExports, readImportTable } from "./functions.ts";

const LABEL = 1;
const FUNC_INFO = 2;

/** What may stand before the call in a stub, with the number of arguments: `label`, `allocate`, `move`, `line`. */
const PREPARING = new Map([
  [LABEL, 1],
  [12, 2],
  [64, 2],
  [153, 1],
]);

/** The calls, whose second argument is the position in the import table: `call_ext`, `call_ext_last`, `call_ext_only`. */
const CALLS = new Set([7, 8, 78]);

/** The exported functions that do nothing but call `erlang:nif_error`, as `name/arity`. */
export function readStubs(beam: BeamFile): string[] {
  const imports = readImportTable(beam);
  const errors = new Set<number>();
  for (const [index, { module, name }] of imports.entries()) {
    if (module === "erlang" && name === "nif_error") errors.add(index);
  }
  if (errors.size === 0) return [];
  const starts = functionStarts(beam);
  const reader = mandatoryChunkReader(beam, "Code");
  const stubs: string[] = [];
  for (const { name, arity, label } of readExports(beam)) {
    const start = starts.get(label);
    if (start === undefined) continue;
    reader.seek(start);
    if (isStub(reader, errors)) stubs.push(`${name}/${arity}`);
  }
  return stubs;
}

/**
 * Where the code of each function begins, by its label.
 *
 * An instruction has no length of its own, so the place is found by the bytes that stand there and nowhere else:
 * `func_info` of this module (its first atom), a name, an arity, `label`, a number. A chance match has a label that no
 * function has.
 */
function functionStarts(beam: BeamFile): Map<number, number> {
  const reader = mandatoryChunkReader(beam, "Code");
  const first = reader.offset;
  const code = Buffer.from(reader.bytes(reader.left));
  const mark = Buffer.of(FUNC_INFO, (1 << 4) | COMPACT_TAG.a);
  const starts = new Map<number, number>();
  reader.seek(first);
  for (let at = code.indexOf(mark); at >= 0; at = code.indexOf(mark, at + 1)) {
    reader.seek(first + at + mark.length);
    const label = readRestOfHead(reader);
    if (label !== undefined) starts.set(label, reader.offset);
  }
  return starts;
}

function readRestOfHead(reader: ByteReader): number | undefined {
  // Two short terms, the instruction, a short term: with fewer bytes than that left, nothing begins here.
  if (reader.left < 16) return undefined;
  for (const tag of [COMPACT_TAG.a, COMPACT_TAG.u]) if (readShort(reader, tag) === undefined) return undefined;
  return reader.uint8() === LABEL ? readShort(reader, COMPACT_TAG.u) : undefined;
}

function readShort(reader: ByteReader, tag: number): number | undefined {
  const start = reader.offset;
  const first = reader.uint8();
  // More than four bytes: nothing of what is looked for here.
  if ((first & 0b11000) === 0b11000 && first >> 5 > 2) return undefined;
  reader.seek(start);
  const term = readCompact(reader);
  return term.tag === tag ? term.value : undefined;
}

function isStub(reader: ByteReader, errors: ReadonlySet<number>): boolean {
  for (;;) {
    const opcode = reader.uint8();
    if (CALLS.has(opcode)) return errors.has(readArguments(reader, 2));
    const count = PREPARING.get(opcode);
    if (count === undefined) return false;
    readArguments(reader, count);
  }
}

/** Reads arguments and gives the number of the last. */
function readArguments(reader: ByteReader, count: number): number {
  let last = 0;
  for (let i = 0; i < count; i++) {
    const { tag, value } = readCompact(reader);
    // A literal is written as an extended term and its number.
    last = tag === COMPACT_TAG.z ? readCompact(reader).value : value;
  }
  return last;
}
