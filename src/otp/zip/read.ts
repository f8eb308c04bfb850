import { EnitError } from "../../error/index.ts";
import { HEADER_SIZE, MAX_COMMENT, METHOD, SIGNATURE } from "./format.ts";

/** A file in an archive. Directories are left out. */
export interface ZipEntry {
  /** With slashes, as it stands there. */
  readonly name: string;
  /** Its content, inflated. Throws `zip_malformed`. */
  readonly content: () => Uint8Array;
}

/** No file of an archive is larger, inflated. */
const MAX_BYTES = 512 * 1024 * 1024;

/**
 * Lists the files of an archive, in its order. What stands before the archive, as in an escript, is passed over.
 *
 * Throws `zip_malformed` (data: `offset`).
 */
export function readZip(bytes: Uint8Array): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = findEnd(view);
  const count = view.getUint16(end + 10, true);
  const size = view.getUint32(end + 12, true);
  const start = end - size;
  // Offsets count from the first local header, wherever that is.
  const base = start - view.getUint32(end + 16, true);
  if (start < 0 || base < 0) throw malformed("its directory does not fit", end);
  const entries: ZipEntry[] = [];
  let at = start;
  for (let i = 0; i < count; i++) {
    if (at + HEADER_SIZE.central > end || view.getUint32(at, true) !== SIGNATURE.central) {
      throw malformed("an entry of its directory is damaged", at);
    }
    const nameLength = view.getUint16(at + 28, true);
    const next = at + HEADER_SIZE.central + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (next > end) throw malformed("an entry of its directory is damaged", at);
    const name = new TextDecoder().decode(
      bytes.subarray(at + HEADER_SIZE.central, at + HEADER_SIZE.central + nameLength),
    );
    const central = at;
    if (!name.endsWith("/")) entries.push({ name, content: () => readContent(bytes, view, central, base) });
    at = next;
  }
  return entries;
}

function findEnd(view: DataView): number {
  const last = view.byteLength - HEADER_SIZE.end;
  for (let at = last; at >= 0 && at >= last - MAX_COMMENT; at--) {
    if (view.getUint32(at, true) === SIGNATURE.end) return at;
  }
  throw malformed("it has no end of a directory", Math.max(0, last));
}

function readContent(bytes: Uint8Array, view: DataView, central: number, base: number): Uint8Array {
  const method = view.getUint16(central + 10, true);
  const size = view.getUint32(central + 20, true);
  const local = base + view.getUint32(central + 42, true);
  if (local + HEADER_SIZE.local > bytes.length || view.getUint32(local, true) !== SIGNATURE.local) {
    throw malformed("the header of a file is damaged", local);
  }
  const start = local + HEADER_SIZE.local + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  if (start + size > bytes.length) throw malformed("it ends within a file", start);
  const content = bytes.subarray(start, start + size);
  if (method === METHOD.stored) return content;
  if (method !== METHOD.deflated) throw malformed(`it has a file compressed by method ${method}`, local);
  try {
    return process.getBuiltinModule("node:zlib").inflateRawSync(content, { maxOutputLength: MAX_BYTES });
  } catch (cause) {
    throw malformed("a file in it cannot be inflated", start, cause);
  }
}

function malformed(state: string, offset: number, cause?: unknown): EnitError {
  return new EnitError("zip_malformed", `cannot read the archive: ${state} (byte ${offset})`, {
    kind: "input",
    data: { offset },
    ...(cause === undefined ? {} : { cause }),
  });
}
