/**
 * The distribution handshake of OTP 23 and later (protocol version 6), the side that connects.
 *
 * "Distribution Handshake" of the ERTS guide; kernel's `dist_util`. Pure: whole messages in, messages out, no
 * socket. Not supported: the `n` messages of OTP 22 and earlier, dynamic node names, two nodes that
 * connect to each other at once (nobody connects to us).
 *
 *     we:   N flags:64 creation:32 length:16 name           send_name
 *     peer: s status                                        recv_status
 *     peer: N flags:64 challenge:32 creation:32 length:16 name
 *     we:   r challenge:32 digest                           challenge_reply
 *     peer: a digest                                        challenge_ack
 */
import { ByteReader, TruncatedError } from "./byte-reader.ts";
import { OUR_FLAGS, isSupportedNode } from "./flags.ts";

/** Longer than every message of a handshake (a name has at most 255 characters); what is longer comes from no Erlang node. */
export const MAX_HANDSHAKE_BYTES = 2048;

export interface HandshakeOptions {
  /** Our own whole node name. */
  readonly ownName: string;
  /** 32 bits, not 0. */
  readonly ownCreation: number;
  /** The name that the peer must have. */
  readonly peerName: string;
  /** The characters of the cookie, latin1 as Erlang digests them. */
  readonly cookie: string;
  /** 32 bits that the peer could not know before. */
  readonly challenge: number;
  /** How many bytes the length of a message has: 2 over plain TCP, which is the default, 4 over TLS. */
  readonly lengthBytes?: 2 | 4 | undefined;
}

export interface HandshakePeer {
  readonly name: string;
  readonly flags: bigint;
  readonly creation: number;
}

export type HandshakeStep =
  { readonly kind: "continue"; readonly send?: Uint8Array } | { readonly kind: "done"; readonly peer: HandshakePeer };

/** How far it has come: which message of the peer is awaited. */
export type HandshakeStage = "status" | "challenge" | "ack" | "done";

/** Why a handshake ends early. */
export type HandshakeFault =
  /** `detail`: the status, such as `not_allowed`. */
  | "refused"
  /** `detail`: the peer's name. */
  | "other_node"
  /** The peer is older than OTP 25. */
  | "too_old"
  /** The peer does not know the cookie: its digest is wrong. */
  | "wrong_cookie"
  /** `detail`: what is malformed. */
  | "malformed";

export class HandshakeError extends Error {
  override readonly name = "HandshakeError";
  readonly fault: HandshakeFault;
  readonly detail: string;

  constructor(fault: HandshakeFault, detail = "") {
    super(detail === "" ? fault : `${fault}: ${detail}`);
    this.fault = fault;
    this.detail = detail;
  }
}

/** One handshake: send `start()`, hand every message of the peer to `receive` until it says `done`. */
export class Handshake {
  readonly #options: HandshakeOptions;
  #stage: HandshakeStage = "status";
  #peer: HandshakePeer | undefined;

  constructor(options: HandshakeOptions) {
    this.#options = options;
  }

  get stage(): HandshakeStage {
    return this.#stage;
  }

  /** The first message, with its length. */
  start(): Uint8Array {
    const name = new TextEncoder().encode(this.#options.ownName);
    const [frame, view] = this.#newMessage("N", 15 + name.length);
    view.setBigUint64(1, OUR_FLAGS);
    view.setUint32(9, this.#options.ownCreation);
    view.setUint16(13, name.length);
    frame.set(name, frame.length - name.length);
    return frame;
  }

  /** Takes one message of the peer, without its length. Throws `HandshakeError`. */
  receive(message: Uint8Array): HandshakeStep {
    try {
      return this.#receive(new ByteReader(message));
    } catch (error) {
      if (error instanceof TruncatedError) throw new HandshakeError("malformed", `a message ${error.message}`);
      throw error;
    }
  }

  #receive(reader: ByteReader): HandshakeStep {
    const tag = String.fromCharCode(reader.u8());
    if (tag === "s" && this.#stage === "status") return this.#status(reader);
    if (tag === "N" && this.#stage === "challenge") return this.#answerChallenge(reader);
    if (tag === "a" && this.#stage === "ack") return this.#acknowledge(reader);
    throw new HandshakeError("malformed", `a message ${JSON.stringify(tag)} where the ${this.#stage} was due`);
  }

  #status(reader: ByteReader): HandshakeStep {
    const status = reader.text(reader.remaining);
    // "alive" asks whether we want to replace our older connection of the same name; ours are unique, so it is not ours.
    if (status !== "ok" && status !== "ok_simultaneous") throw new HandshakeError("refused", printable(status));
    this.#stage = "challenge";
    return { kind: "continue" };
  }

  #answerChallenge(reader: ByteReader): HandshakeStep {
    const flags = reader.u64();
    const challenge = reader.u32();
    const creation = reader.u32();
    const name = reader.text(reader.u16()); // bytes behind the name are for later versions
    if (name !== this.#options.peerName) throw new HandshakeError("other_node", printable(name));
    if (!isSupportedNode(flags)) throw new HandshakeError("too_old");
    this.#peer = { name, flags, creation };
    this.#stage = "ack";
    const [frame, view] = this.#newMessage("r", 21);
    view.setUint32(1, this.#options.challenge);
    frame.set(digestChallenge(this.#options.cookie, challenge), frame.length - 16);
    return { kind: "continue", send: frame };
  }

  #acknowledge(reader: ByteReader): HandshakeStep {
    const digest = reader.bytes(16);
    const expected = digestChallenge(this.#options.cookie, this.#options.challenge);
    const difference = expected.reduce((sum, byte, at) => sum | (byte ^ (digest[at] ?? 0)), 0);
    if (difference !== 0 || this.#peer === undefined) throw new HandshakeError("wrong_cookie");
    this.#stage = "done";
    return { kind: "done", peer: this.#peer };
  }

  /** A message with its length; the view begins at the tag. */
  #newMessage(tag: string, length: number): [frame: Uint8Array, message: DataView] {
    const { lengthBytes = 2 } = this.#options;
    const frame = new Uint8Array(lengthBytes + length);
    // The upper half of a length of four bytes stays 0.
    new DataView(frame.buffer).setUint16(lengthBytes - 2, length);
    frame[lengthBytes] = tag.charCodeAt(0);
    return [frame, new DataView(frame.buffer, lengthBytes)];
  }
}

/** MD5 over the cookie and the challenge in decimal: 16 bytes. */
export function digestChallenge(cookie: string, challenge: number): Uint8Array {
  // Bun.MD5 is there without loading a module (0.02 ms); node:crypto takes 10 ms to load.
  const digest = Bun.MD5.hash(Buffer.from(`${cookie}${challenge}`, "latin1"));
  return new Uint8Array(digest.buffer, digest.byteOffset, digest.byteLength);
}

/** At most 64 printable characters of what a peer sent, fit for a message. */
function printable(text: string): string {
  return text.slice(0, 64).replace(/[^\x20-\x7e]/g, "?");
}
