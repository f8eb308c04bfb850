import { closeSync, mkdirSync, openSync, readSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { EnitError, toFileError } from "../../error/index.ts";
import { openGzip } from "./gzip.ts";
import { encodeEnd, encodeHeader, paddingOf } from "./tar-header.ts";
import { type TreeEntriesOptions, type TreeEntry, listTree } from "./tree-entries.ts";

export interface PackOptions {
  /** The time of every entry, in seconds since 1970. */
  readonly mtime: number;
  readonly signal: AbortSignal;
  /** Told how many of all bytes are read. */
  readonly onBytes?: (done: number, total: number) => void;
}

export interface TarballOptions extends PackOptions, TreeEntriesOptions {}

export interface Tarball {
  /** Of the compressed file, in bytes. */
  readonly size: number;
  /** How many files and symbolic links are in it. */
  readonly files: number;
}

const READ_SIZE = 256 * 1024;

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
  const total = entries.reduce((sum, entry) => sum + entry.size, 0);
  const output = writing(file, () => {
    mkdirSync(dirname(file), { recursive: true });
    return openSync(file, "wx");
  });
  try {
    let size = 0;
    let done = 0;
    const gzip = await openGzip((bytes) => {
      options.signal.throwIfAborted();
      size += bytes.length;
      writing(file, () => writeWhole(output, bytes));
    });
    const buffer = new Uint8Array(READ_SIZE);
    for (const entry of entries) {
      await gzip.write(encodeHeader(entry, options.mtime));
      if (entry.type !== "file") continue;
      for (const bytes of contentOf(entry.source, entry.size, buffer)) {
        await gzip.write(bytes);
        done += bytes.length;
        options.onBytes?.(done, total);
      }
      await gzip.write(new Uint8Array(paddingOf(entry.size)));
    }
    await gzip.write(encodeEnd());
    await gzip.end();
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

/** Reads a file piece by piece into one buffer. */
function* contentOf(path: string, size: number, buffer: Uint8Array): Generator<Uint8Array, void> {
  const reading = <T>(read: () => T): T => {
    try {
      return read();
    } catch (error) {
      throw toFileError(error, { code: "file_unreadable", action: "read", path });
    }
  };
  const input = reading(() => openSync(path, "r"));
  try {
    for (let left = size; left > 0;) {
      const count = reading(() => readSync(input, buffer, 0, Math.min(left, buffer.length), null));
      if (count === 0) {
        throw new EnitError("file_changed", `cannot pack "${path}": it became shorter meanwhile`, {
          data: { file: path },
        });
      }
      yield buffer.subarray(0, count);
      left -= count;
    }
  } finally {
    closeSync(input);
  }
}

function writeWhole(output: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(output, bytes, at);
}

function writing<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw toFileError(error, { code: "file_unwritable", action: "write", path });
  }
}
