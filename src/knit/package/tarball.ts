import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { EnitError, toFileError } from "../../error/index.ts";
import { INDEX_OFFSET } from "../../tar/index.ts";
import { type FindCompressed, openGzip } from "./gzip.ts";
import { type TreeEntriesOptions, type TreeEntry, listTree } from "./tree-entries.ts";
import { countPieces, groupUnits, piecesOf } from "./units.ts";

export interface PackOptions {
  /** The directory that all entries are in, if they are in one. */
  readonly prefix?: string | undefined;
  /** The time of every entry, in seconds since 1970. */
  readonly mtime: number;
  readonly signal: AbortSignal;
  /** Told how many of all bytes are read. */
  readonly onBytes?: (done: number, total: number) => void;
  /** Gives what was compressed before, which saves time and changes no byte. */
  readonly find?: FindCompressed | undefined;
}

export interface TarballOptions extends PackOptions, TreeEntriesOptions {}

export interface Tarball {
  /** Of the compressed file, in bytes. */
  readonly size: number;
  /** How many files and symbolic links are in it. */
  readonly files: number;
}

/**
 * Packs a tree into a new `.tar.gz` file: sorted, owner 0, one time, modes kept. The same tree gives the same bytes, wherever
 * and whenever it is packed. Memory does not grow with the tree's size.
 *
 * The file must not be there, and is left to the caller to remove after an error. Throws `file_unwritable`,
 * `file_unreadable`, `file_unpackable`, `file_changed` for a file that changes meanwhile.
 */
export async function writeTarball(tree: string, file: string, options: TarballOptions): Promise<Tarball> {
  return packEntries(listTree(tree, options), file, options);
}

/** As `writeTarball`, of entries in the order given. */
export async function packEntries(entries: readonly TreeEntry[], file: string, options: PackOptions): Promise<Tarball> {
  const units = groupUnits(entries, options.prefix, options.mtime);
  const total = units.reduce((sum, unit) => sum + unit.size, 0);
  const output = writing(file, () => {
    mkdirSync(dirname(file), { recursive: true });
    return openSync(file, "wx");
  });
  try {
    let size = 0;
    let done = 0;
    const write = (bytes: Uint8Array): void => {
      options.signal.throwIfAborted();
      size += bytes.length;
      writing(file, () => writeWhole(output, bytes));
    };
    const gzip = await openGzip(write, { pieces: countPieces(units), find: options.find });
    for (const unit of units) {
      let startsUnit = true;
      for (const piece of piecesOf(unit)) {
        await gzip.add(piece, startsUnit);
        startsUnit = false;
        done += piece.length;
        options.onBytes?.(done, total);
      }
    }
    const index = await gzip.end();
    if (index !== undefined) writing(file, () => writeWhole(output, index, INDEX_OFFSET));
    return { size, files: entries.filter(({ type }) => type !== "directory").length };
  } finally {
    closeSync(output);
  }
}

/**
 * The time that entries get: `SOURCE_DATE_EPOCH` (https://reproducible-builds.org/specs/source-date-epoch/), or the first
 * second of 1980, since some readers take 1970 for no time at all.
 *
 * @throws EnitError `source_date_invalid`.
 */
export function tarballTime(env: Readonly<Record<string, string | undefined>>): number {
  const given = env["SOURCE_DATE_EPOCH"];
  if (given === undefined || given === "") return 315532800;
  const seconds = Number(given);
  if (/^\d+$/.test(given) && seconds <= 0o77777777777) return seconds;
  throw new EnitError("source_date_invalid", `cannot use SOURCE_DATE_EPOCH "${given}": it is no number of seconds`, {
    kind: "input",
    data: { value: given },
  });
}

/** Without a position, behind what was written before. */
function writeWhole(output: number, bytes: Uint8Array, position?: number): void {
  for (let at = 0; at < bytes.length;) {
    at += writeSync(output, bytes, at, bytes.length - at, position === undefined ? null : position + at);
  }
}

function writing<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw toFileError(error, { code: "file_unwritable", action: "write", path });
  }
}
