import type { Term } from "../term/index.ts";

/** How bytes in binaries are to be read. */
export type CharEncoding = "latin1" | "utf8";

/**
 * The text of Erlang's `unicode:chardata()`: code points (bytes for latin1) and binaries, in lists of any depth.
 *
 * Undefined if the term is no character data, or a binary is not UTF-8 where it has to be. A character whose
 * bytes are spread over several binaries is understood, as in Erlang.
 */
export function charDataText(data: Term, encoding: CharEncoding): string | undefined {
  const decoder = new TextDecoder(encoding === "utf8" ? "utf-8" : "latin1", { fatal: true, ignoreBOM: true });
  const parts: string[] = [];
  if (data.kind === "integer") return undefined;
  // A stack of our own: nesting is the sender's choice.
  const stack: Term[] = [data];
  try {
    for (let term = stack.pop(); term !== undefined; term = stack.pop()) {
      if (term.kind === "bitstring" && term.lastBits === 8) {
        parts.push(encoding === "latin1" ? latin1Text(term.bytes) : decoder.decode(term.bytes, { stream: true }));
      } else if (term.kind === "integer" && isCodePoint(term.value, encoding)) {
        parts.push(decoder.decode(), String.fromCodePoint(Number(term.value)));
      } else if (term.kind === "list") {
        if (term.tail?.kind === "integer") return undefined;
        if (term.tail !== undefined) stack.push(term.tail);
        for (const element of term.elements.toReversed()) stack.push(element);
      } else {
        return undefined;
      }
    }
    parts.push(decoder.decode());
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
  return parts.join("");
}

function isCodePoint(value: bigint, encoding: CharEncoding): boolean {
  if (encoding === "latin1") return value >= 0n && value <= 0xffn;
  return value >= 0n && value <= 0x10ffffn && (value < 0xd800n || value > 0xdfffn);
}

/** Byte for byte; the label "latin1" of TextDecoder means windows-1252. */
function latin1Text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
