import { HEADER_SIZE, METHOD, SIGNATURE } from "./format.ts";

/** What goes into an archive; a name that ends with a slash is a directory. */
export interface ZipSource {
  readonly name: string;
  readonly content: Uint8Array;
  /** Whether to compress it. */
  readonly compress: boolean;
}

/** Version 2.0 of the format, made on Unix. */
const VERSION = 20;
const MADE_BY = VERSION | (3 << 8);

/** Names are UTF-8. */
const UTF8_FLAG = 0x800;

/** Midnight of 1 January 1980, the first date that the format knows: the same input gives the same bytes. */
const DATE = (1 << 5) | 1;

const FILE_ATTRIBUTES = 0o644 << 16;
const DIRECTORY_ATTRIBUTES = 0o744 << 16;

/** Makes an archive of these files in their order, the bytes depending on nothing else. */
export function makeZip(sources: readonly ZipSource[], comment = ""): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const source of sources) {
    const { local, central, data } = makeEntry(source, offset);
    parts.push(local, data);
    directory.push(central);
    offset += local.length + data.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  return Buffer.concat([...parts, ...directory, makeEnd(sources.length, size, offset, Buffer.from(comment))]);
}

interface Entry {
  readonly local: Uint8Array;
  readonly central: Uint8Array;
  readonly data: Uint8Array;
}

function makeEntry({ name, content, compress }: ZipSource, offset: number): Entry {
  const nameBytes = Buffer.from(name);
  const data = compress ? Bun.deflateSync(Buffer.from(content), { library: "libdeflate", level: 6 }) : content;
  // What both headers have: from the version needed to the length of the extra field.
  const common = Buffer.alloc(26);
  common.writeUInt16LE(VERSION, 0);
  common.writeUInt16LE(nameBytes.length === name.length ? 0 : UTF8_FLAG, 2);
  common.writeUInt16LE(compress ? METHOD.deflated : METHOD.stored, 4);
  common.writeUInt16LE(DATE, 8);
  common.writeUInt32LE(Bun.hash.crc32(content), 10);
  common.writeUInt32LE(data.length, 14);
  common.writeUInt32LE(content.length, 18);
  common.writeUInt16LE(nameBytes.length, 22);

  const local = Buffer.concat([Buffer.alloc(4), common, nameBytes]);
  local.writeUInt32LE(SIGNATURE.local, 0);
  const central = Buffer.concat([Buffer.alloc(6), common, Buffer.alloc(HEADER_SIZE.central - 32), nameBytes]);
  central.writeUInt32LE(SIGNATURE.central, 0);
  central.writeUInt16LE(MADE_BY, 4);
  central.writeUInt32LE(name.endsWith("/") ? DIRECTORY_ATTRIBUTES : FILE_ATTRIBUTES, 38);
  central.writeUInt32LE(offset, 42);
  return { local, central, data };
}

function makeEnd(count: number, size: number, offset: number, comment: Uint8Array): Uint8Array {
  const end = Buffer.alloc(HEADER_SIZE.end);
  end.writeUInt32LE(SIGNATURE.end, 0);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([end, comment]);
}
