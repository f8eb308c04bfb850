import { decodeUtf8, decodeUtf8Prefix } from "../utf8.ts";
import { Source } from "./source.ts";

/** What `epp:read_encoding` looks for in the comments of the first two lines. */
const CODING = /%.*?coding\s*[:=]\s*([-a-zA-Z0-9]+)/s;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const LINE_FEED = 10;

/**
 * Turns the bytes of a term file into text, as `file:consult` does.
 *
 * A comment `%% coding: latin-1` on one of the first two lines names the encoding; UTF-8 is the default. Throws
 * `term_syntax` for a byte order mark and for bytes that are not UTF-8.
 */
export function decodeTermText(bytes: Uint8Array, file?: string): string {
  if (BYTE_ORDER_MARK.every((byte, i) => bytes[i] === byte)) {
    throw new Source("", file).error(0, "it begins with a byte order mark, which Erlang does not accept");
  }
  if (namedEncoding(bytes) === "latin-1") return latin1(bytes);
  const text = decodeUtf8(bytes);
  if (text !== undefined) return text;
  const valid = decodeUtf8Prefix(bytes);
  throw new Source(valid, file).error(
    valid.length,
    'the bytes are not UTF-8, and no comment "coding: latin-1" stands above',
  );
}

function namedEncoding(bytes: Uint8Array): string | undefined {
  const first = bytes.indexOf(LINE_FEED);
  const second = first === -1 ? -1 : bytes.indexOf(LINE_FEED, first + 1);
  const lines = latin1(bytes.subarray(0, second === -1 ? bytes.length : second)).split("\n");
  for (const line of lines) {
    const name = CODING.exec(line)?.[1];
    if (name !== undefined) return name.toLowerCase();
  }
  return undefined;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}
