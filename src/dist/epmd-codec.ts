/**
 * The two questions that enit asks epmd, the port mapper of Erlang nodes, and its answers.
 *
 * "EPMD Protocol" of the ERTS guide. All numbers are big endian. We never register a node.
 */
import { ByteReader, TruncatedError } from "./byte-reader.ts";

const PORT_PLEASE2_REQ = 122;
const PORT2_RESP = 119;
const NAMES_REQ = 110;

/** More than epmd ever says in answer to one question. */
export const MAX_EPMD_ANSWER_BYTES = 1 << 20;

/** Where a registered node listens. */
export interface NodeRegistration {
  /** The part of the node's name before the `@`. */
  readonly name: string;
  /** TCP port. */
  readonly port: number;
}

export interface PortAnswer extends NodeRegistration {
  /** The lowest and highest version of the distribution protocol that the node speaks; ours is 6. */
  readonly versions: readonly [lowest: number, highest: number];
}

/** What epmd's bytes mean so far: `incomplete` asks for more of them. */
export type EpmdAnswer<T> = { readonly kind: "incomplete" } | { readonly kind: "whole"; readonly value: T };

/** Asks where the node of this name listens (PORT_PLEASE2_REQ). */
export function encodePortRequest(name: string): Uint8Array {
  return encodeRequest(PORT_PLEASE2_REQ, new TextEncoder().encode(name));
}

/** Asks for all names (NAMES_REQ). */
export function encodeNamesRequest(): Uint8Array {
  return encodeRequest(NAMES_REQ, new Uint8Array());
}

/**
 * Reads PORT2_RESP: 119, result:8 and, if that is 0, port:16 type:8 protocol:8 highest:16 lowest:16 length:16 name
 * length:16 extra. The value is undefined if no such node is registered. Throws `EpmdFormatError`.
 */
export function decodePortAnswer(bytes: Uint8Array): EpmdAnswer<PortAnswer | undefined> {
  const reader = new ByteReader(bytes);
  try {
    const tag = reader.u8();
    if (tag !== PORT2_RESP) throw new EpmdFormatError(`an answer that begins with ${tag}`);
    if (reader.u8() !== 0) return { kind: "whole", value: undefined };
    const port = reader.u16();
    reader.bytes(2); // node type and protocol say nothing to us
    const highest = reader.u16();
    const lowest = reader.u16();
    const name = reader.text(reader.u16());
    reader.bytes(reader.u16());
    return { kind: "whole", value: { name, port, versions: [lowest, highest] } };
  } catch (error) {
    if (error instanceof TruncatedError) return { kind: "incomplete" };
    throw error;
  }
}

/**
 * Reads the whole NAMES_RESP, up to the end of the connection: epmd's port:32, and lines `name NAME at port PORT`.
 * Throws `EpmdFormatError`.
 */
export function decodeNamesAnswer(bytes: Uint8Array): readonly NodeRegistration[] {
  if (bytes.length < 4) throw new EpmdFormatError(`an answer of ${bytes.length} bytes`);
  const text = new TextDecoder().decode(bytes.subarray(4));
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const match = /^name (.+) at port (\d{1,5})$/.exec(line);
      if (match?.[1] === undefined) throw new EpmdFormatError("an answer that lists no nodes");
      return { name: match[1], port: Number(match[2]) };
    });
}

/** What answers on epmd's port is no epmd. */
export class EpmdFormatError extends Error {
  override readonly name = "EpmdFormatError";
}

/** length:16 request:8 argument. */
function encodeRequest(code: number, argument: Uint8Array): Uint8Array {
  const request = new Uint8Array(3 + argument.length);
  new DataView(request.buffer).setUint16(0, 1 + argument.length);
  request[2] = code;
  request.set(argument, 3);
  return request;
}
