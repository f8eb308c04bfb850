/**
 * What an archive is cut into before it is compressed: units, each a row of whole entries that change together (an application,
 * `releases`, the emulator), and pieces of one size from the beginning of each unit. So a piece depends on nothing but its own
 * unit, and what is the same in two releases is the same piece.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { EnitError, toFileError } from "../../error/index.ts";
import { encodeEnd, encodeHeader, paddingOf } from "./tar-header.ts";
import type { TreeEntry } from "./tree-entries.ts";

/** Smaller pieces compress worse, by 0.1 % at this size; larger ones leave cores idle at the end. */
const PIECE_SIZE = 512 * 1024;

export interface Unit {
  /** `lib/stdlib-4.2`, `releases`; the end mark of the archive has no name. */
  readonly name: string;
  readonly parts: readonly UnitPart[];
  /** In bytes, headers and padding included. */
  readonly size: number;
}

interface UnitPart {
  readonly header: Uint8Array;
  /** What comes behind the header, if anything does. */
  readonly entry: TreeEntry | undefined;
}

/** Groups entries, in their order; `prefix` is the directory at the top, if there is one. The end mark comes last. */
export function groupUnits(entries: readonly TreeEntry[], prefix: string | undefined, mtime: number): Unit[] {
  const units: { name: string; parts: UnitPart[]; size: number }[] = [];
  for (const entry of entries) {
    const name = unitOf(entry.path, prefix) ?? units.at(-1)?.name ?? "releases";
    const header = encodeHeader(entry, mtime);
    const size = header.length + entry.size + paddingOf(entry.size);
    const last = units.at(-1);
    if (last?.name === name) {
      last.parts.push({ header, entry });
      last.size += size;
    } else {
      units.push({ name, parts: [{ header, entry }], size });
    }
  }
  const end = encodeEnd();
  return [...units, { name: "", parts: [{ header: end, entry: undefined }], size: end.length }];
}

/** How many pieces units have. */
export function countPieces(units: readonly Unit[]): number {
  return units.reduce((sum, { size }) => sum + Math.ceil(size / PIECE_SIZE), 0);
}

/** Reads a unit, a piece at a time. Throws `file_unreadable`, `file_changed`. */
export function* piecesOf(unit: Unit): Generator<Uint8Array, void> {
  let left = unit.size;
  let piece = new Uint8Array(Math.min(PIECE_SIZE, left));
  let filled = 0;
  const advance = (count: number): Uint8Array | undefined => {
    filled += count;
    left -= count;
    if (filled < piece.length) return undefined;
    const full = piece;
    piece = new Uint8Array(Math.min(PIECE_SIZE, left));
    filled = 0;
    return full;
  };
  for (const { header, entry } of unit.parts) {
    for (let at = 0; at < header.length;) {
      const part = header.subarray(at, at + piece.length - filled);
      piece.set(part, filled);
      at += part.length;
      const full = advance(part.length);
      if (full !== undefined) yield full;
    }
    if (entry === undefined) continue;
    using content = openContent(entry);
    for (let wanted = entry.size; wanted > 0;) {
      const count = content.read(piece.subarray(filled, filled + wanted));
      wanted -= count;
      const full = advance(count);
      if (full !== undefined) yield full;
    }
    // Fresh pieces are zero already.
    for (let padding = paddingOf(entry.size); padding > 0;) {
      const count = Math.min(padding, piece.length - filled);
      padding -= count;
      const full = advance(count);
      if (full !== undefined) yield full;
    }
  }
}

/** The directories at the top and of all applications are too small for units of their own. */
function unitOf(path: string, prefix: string | undefined): string | undefined {
  const parts = path.split("/");
  const [top, second] = prefix === undefined ? parts : parts.slice(1);
  if (top !== "lib") return top;
  return second === undefined ? undefined : `lib/${second}`;
}

interface Content extends Disposable {
  /** Reads something into the bytes, and tells how much. */
  readonly read: (bytes: Uint8Array) => number;
}

function openContent({ source, size, type }: TreeEntry): Content {
  if (type !== "file" || size === 0) return { read: () => 0, [Symbol.dispose]: () => undefined };
  const reading = <T>(read: () => T): T => {
    try {
      return read();
    } catch (error) {
      throw toFileError(error, { code: "file_unreadable", action: "read", path: source });
    }
  };
  const input = reading(() => openSync(source, "r"));
  return {
    read: (bytes) => {
      const count = reading(() => readSync(input, bytes, 0, bytes.length, null));
      if (count > 0) return count;
      throw new EnitError("file_changed", `cannot pack "${source}": it became shorter meanwhile`, {
        data: { file: source },
      });
    },
    [Symbol.dispose]: () => closeSync(input),
  };
}
