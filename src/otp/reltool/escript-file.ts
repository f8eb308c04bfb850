/** What an escript consists of, after its header: an archive, a BEAM file, or source code. As `escript:extract/2`. */
export type EscriptBody =
  | { readonly kind: "archive"; readonly bytes: Uint8Array }
  | { readonly kind: "beam"; readonly bytes: Uint8Array }
  | { readonly kind: "source" };

/**
 * Takes an escript apart. Its header are the lines `#!...`, `% ...` and `%%! ...`, the last two if they are there; without
 * `#!`, the first line alone.
 */
export function readEscriptBody(bytes: Uint8Array): EscriptBody {
  const first = bodyAt(bytes, 0);
  if (first !== undefined) return first;
  let start = lineEnd(bytes, 0);
  if (startsWith(bytes, 0, "#!")) {
    const isComment = startsWith(bytes, start, "%") && !startsWith(bytes, start, "%%!");
    const afterComment = isComment ? lineEnd(bytes, start) : start;
    start = startsWith(bytes, afterComment, "%%!") ? lineEnd(bytes, afterComment) : afterComment;
  }
  return bodyAt(bytes, start) ?? { kind: "source" };
}

function bodyAt(bytes: Uint8Array, start: number): EscriptBody | undefined {
  if (startsWith(bytes, start, "PK")) return { kind: "archive", bytes: bytes.subarray(start) };
  return startsWith(bytes, start, "FOR1") ? { kind: "beam", bytes: bytes.subarray(start) } : undefined;
}

function startsWith(bytes: Uint8Array, at: number, text: string): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, Math.max(0, Math.min(text.length, bytes.length - at))).equals(
    Buffer.from(text),
  );
}

function lineEnd(bytes: Uint8Array, start: number): number {
  const newline = bytes.indexOf(0x0a, start);
  return newline < 0 ? bytes.length : newline + 1;
}
