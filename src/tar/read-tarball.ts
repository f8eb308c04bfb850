import { closeSync, openSync, readSync } from "node:fs";
import { EnitError, describeSystemError, toFileError } from "../error/index.ts";
import { type PieceFile, openPieces } from "./piece-index.ts";
import { type TarHandler, TarParser, damagedPiece } from "./tar-parser.ts";

const READ_SIZE = 256 * 1024;
const INFLATED_SIZE = 256 * 1024;

/** Whether a row of whole members is passed over, by the hashes of its pieces; see `piece-index.ts`. */
export type SkipUnit = (hashes: readonly bigint[]) => boolean;

/**
 * Reads a `.tar.gz` file from its beginning until it has ended or the handler wants no more. It is never in memory as a whole.
 *
 * With `skip`, the index of the file is trusted if it has one: what is passed over is not even inflated. Only for files of one's
 * own, as an index may be made to tell something else than others find.
 *
 * @throws EnitError `file_unreadable`; `tarball_damaged` with the file.
 */
export async function readTarball(
  file: string,
  handler: TarHandler,
  signal: AbortSignal,
  skip?: SkipUnit,
): Promise<void> {
  using pieces = skip === undefined ? undefined : openPieces(file);
  if (skip === undefined || pieces === undefined) await readStream(file, handler, signal);
  else readUnits(file, { pieces, handler, signal, skip });
}

interface UnitReading {
  readonly pieces: PieceFile;
  readonly handler: TarHandler;
  readonly signal: AbortSignal;
  readonly skip: SkipUnit;
}

/** What is read is checked piece by piece; what is not is of no concern. */
function readUnits(file: string, { pieces: { pieces, read }, handler, signal, skip }: UnitReading): void {
  const parser = new TarParser(handler);
  const starts = pieces.flatMap(({ startsUnit }, index) => (startsUnit ? [index] : []));
  try {
    for (const [index, start] of starts.entries()) {
      signal.throwIfAborted();
      const unit = pieces.slice(start, starts[index + 1]);
      if (skip(unit.map(({ hash }) => hash))) continue;
      for (const piece of unit) {
        const compressed = read(piece);
        if (compressed === undefined) throw damagedPiece(piece.offset);
        const bytes = Bun.inflateSync(withLastBlock(compressed), { library: "libdeflate" });
        if (bytes.length !== piece.size) throw damagedPiece(piece.offset);
        parser.push(bytes);
        if (parser.isStopped) return;
      }
    }
    parser.end();
  } catch (error) {
    throw damaged(file, error);
  }
}

/** A piece ends without a last block, which libdeflate insists on. */
function withLastBlock(compressed: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(compressed.length + 2);
  whole.set(compressed);
  // Fixed codes, and nothing in it.
  whole[compressed.length] = 3;
  return whole;
}

/** Inflates on another thread. */
async function readStream(file: string, handler: TarHandler, signal: AbortSignal): Promise<void> {
  // oxlint-disable-next-line no-restricted-imports -- Bun's own functions inflate whole files only, and block the event loop.
  const { createGunzip } = await import("node:zlib");
  const parser = new TarParser(handler);
  const input = reading(file, () => openSync(file, "r"));
  const gunzip = createGunzip({ chunkSize: INFLATED_SIZE });
  const over = Promise.withResolvers<{ readonly error: unknown } | undefined>();
  const attempt = (work: () => void) => (): void => {
    try {
      if (!gunzip.destroyed) work();
    } catch (error) {
      over.resolve({ error });
    }
  };
  const feed = attempt(() => {
    const buffer = Buffer.allocUnsafe(READ_SIZE);
    const count = reading(file, () => readSync(input, buffer, 0, READ_SIZE, null));
    if (count === 0) gunzip.end();
    else if (gunzip.write(buffer.subarray(0, count))) queueMicrotask(feed);
    else gunzip.once("drain", feed);
  });
  try {
    gunzip.on("data", (chunk: Buffer) => {
      attempt(() => {
        signal.throwIfAborted();
        // What has ended is read on, up to the checksum.
        parser.push(chunk);
        if (parser.isStopped) over.resolve(undefined);
      })();
    });
    gunzip.on("error", (error) => over.resolve({ error }));
    gunzip.on("end", () => over.resolve(undefined));
    feed();
    const failed = await over.promise;
    if (failed !== undefined) throw damaged(file, failed.error);
    if (!parser.isStopped) attemptEnd(file, parser);
  } finally {
    gunzip.destroy();
    closeSync(input);
  }
}

function attemptEnd(file: string, parser: TarParser): void {
  try {
    parser.end();
  } catch (error) {
    throw damaged(file, error);
  }
}

function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw toFileError(error, { code: "file_unreadable", action: "read", path });
  }
}

/** zlib's errors and those of the parser, with the file; what else is thrown is given back. */
function damaged(file: string, error: unknown): unknown {
  const ofParser = error instanceof EnitError && error.code === "tar_malformed";
  if (!ofParser && !isZlibError(error)) return error;
  const state = ofParser
    ? error.message.replace(/^.*?: /s, "")
    : `it is no whole gzip file (${describeSystemError(error)})`;
  return new EnitError("tarball_damaged", `cannot read the tarball "${file}": ${state}`, {
    kind: "input",
    hint: "Build or fetch it again, or move it away.",
    data: { file },
    cause: error,
  });
}

function isZlibError(error: unknown): boolean {
  return (
    error instanceof Error && "code" in error && typeof error.code === "string" && /^Z_|^ERR_.*ZLIB/.test(error.code)
  );
}
