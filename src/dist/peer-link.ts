import { EnitError } from "../error/index.ts";
import { decodeMessage, type PeerMessage, TICK } from "./control.ts";
import type { FrameReader } from "./frame-reader.ts";
import { Keepalive } from "./keepalive.ts";
import { describeSystemError } from "./system-error.ts";
import type { Transport } from "./transport.ts";

/** What a link is made of once hands are shaken. */
export interface LinkSetup {
  readonly node: string;
  readonly transport: Transport;
  /** Holds what came behind the handshake. */
  readonly reader: FrameReader;
  /** Milliseconds without a byte from the peer, after which it counts as gone. */
  readonly tickTimeout: number;
}

/** Who makes sense of a link's messages. */
export interface LinkOwner {
  /** Takes a message; ticks are answered already. */
  receive(message: PeerMessage): void;
  /** A message that the peer has to answer. */
  makeProbe(): Uint8Array;
  /** The link is over: after `close` without a reason. */
  ended(reason: EnitError | undefined): void;
}

/** The frames of an established connection: splits, decodes and answers ticks, and ends once. */
export class PeerLink {
  readonly #setup: LinkSetup;
  readonly #owner: LinkOwner;
  readonly #keepalive: Keepalive;
  #ended = false;

  constructor(setup: LinkSetup, owner: LinkOwner) {
    this.#setup = setup;
    this.#owner = owner;
    this.#keepalive = new Keepalive(setup.tickTimeout, {
      tick: () => this.write(TICK),
      probe: () => this.write(owner.makeProbe()),
      expire: () => this.#fail(`the node was silent for ${setup.tickTimeout / 1000} s`),
    });
  }

  /** Sends a frame; nothing after the end. */
  write(frame: Uint8Array): void {
    if (this.#ended) return;
    this.#keepalive.sent();
    this.#setup.transport.write(frame);
  }

  /** Sends what was written, then closes. */
  close(): void {
    if (this.#ended) return;
    this.#end(undefined);
    this.#setup.transport.end();
  }

  /** For the transport: bytes that came in. An empty chunk has the reader looked at. */
  receiveBytes(chunk: Uint8Array): void {
    if (this.#ended) return;
    this.#keepalive.received();
    const { reader } = this.#setup;
    try {
      reader.push(chunk);
      for (let frame = reader.next(); frame !== undefined && !this.#ended; frame = reader.next()) {
        const message = decodeMessage(frame);
        if (message.kind === "tick") this.write(TICK);
        else this.#owner.receive(message);
      }
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      this.#fail(`the node sent what is no message (${what})`, error);
    }
  }

  /** For the transport: it is closed. */
  receiveEnd(error: Error | undefined): void {
    this.#fail(error === undefined ? "the node closed the connection" : describeSystemError(error), error);
  }

  #fail(state: string, cause?: unknown): void {
    if (this.#ended) return;
    const { node, transport } = this.#setup;
    this.#end(
      new EnitError("connection_closed", `cannot talk to "${node}": ${state}`, { data: { node, state }, cause }),
    );
    transport.destroy();
  }

  /** Before the transport is closed, which may report that at once. */
  #end(reason: EnitError | undefined): void {
    this.#ended = true;
    this.#keepalive.stop();
    this.#owner.ended(reason);
  }
}
