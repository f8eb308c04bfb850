import type { EnitError } from "../error/index.ts";
import { connectError, tlsFailed } from "./connect-error.ts";
import { NodeConnection } from "./connection.ts";
import { FrameReader, FrameTooLongError } from "./frame-reader.ts";
import { Handshake, HandshakeError, type HandshakePeer, MAX_HANDSHAKE_BYTES } from "./handshake.ts";
import type { PeerLink } from "./peer-link.ts";
import { describeSystemError, formatEndpoint } from "./system-error.ts";
import { TlsError } from "./tls-error.ts";
import type { Endpoint, OpenTransport, Transport, TransportEvents } from "./transport.ts";

/** Whom to greet, and how. */
export interface Greeting {
  readonly node: string;
  readonly cookie: string;
  readonly ownName: string;
  readonly endpoint: Endpoint;
  readonly open: OpenTransport;
  /** Whether `open` adds TLS. */
  readonly isTls: boolean;
  /** Milliseconds. */
  readonly tickTimeout: number;
  readonly maxMessageBytes: number;
}

/**
 * Opens a byte stream and shakes hands over it. Rejects with the system's error if it does not open, with an `EnitError`
 * if the handshake fails, and with what the signal is aborted with.
 */
export async function shakeHands(greeting: Greeting, signal: AbortSignal): Promise<NodeConnection> {
  const session = new GreetingSession(greeting);
  const abort = (): void => session.fail(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  const begin = async (): Promise<void> => session.begin(await greeting.open(greeting.endpoint, session, signal));
  try {
    const [connection] = await Promise.all([session.connection, begin()]);
    return connection;
  } catch (error) {
    throw error instanceof TlsError ? tlsFailed(greeting.node, error, greeting.endpoint) : error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** How a TLS node answers plain text: an alert (21) of version 3, which looks like a length. */
const TLS_ALERT = 0x1503;

/** Takes what the transport says: for the handshake at first, for the connection from its last message on. */
class GreetingSession implements TransportEvents {
  readonly connection: Promise<NodeConnection>;
  readonly #greeting: Greeting;
  readonly #handshake: Handshake;
  readonly #ownCreation: number;
  readonly #reader: FrameReader;
  readonly #resolve: (connection: NodeConnection) => void;
  readonly #reject: (reason: unknown) => void;
  #transport: Transport | undefined;
  /** Fed by the transport once hands are shaken. */
  #link: PeerLink | undefined;
  #failed = false;

  constructor(greeting: Greeting) {
    const [creation = 0, challenge = 0] = crypto.getRandomValues(new Uint32Array(2));
    const { promise, resolve, reject } = Promise.withResolvers<NodeConnection>();
    this.connection = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#greeting = greeting;
    const lengthBytes = greeting.isTls ? 4 : 2;
    this.#reader = new FrameReader(MAX_HANDSHAKE_BYTES, lengthBytes);
    // 0 means any creation, 1 to 3 are what nodes before OTP 23 have.
    this.#ownCreation = Math.max(creation, 4);
    this.#handshake = new Handshake({
      ownName: greeting.ownName,
      ownCreation: this.#ownCreation,
      peerName: greeting.node,
      cookie: greeting.cookie,
      challenge,
      lengthBytes,
    });
  }

  begin(transport: Transport): void {
    this.#transport = transport;
    if (this.#failed) {
      transport.destroy();
      return;
    }
    transport.write(this.#handshake.start());
    this.#advance(transport);
  }

  data(chunk: Uint8Array): void {
    if (this.#link !== undefined) {
      this.#link.receiveBytes(chunk);
    } else if (!this.#failed) {
      this.#reader.push(chunk);
      if (this.#transport !== undefined) this.#advance(this.#transport);
    }
  }

  closed(error?: Error): void {
    if (this.#link !== undefined) this.#link.receiveEnd(error);
    else this.fail(this.#closedEarly(error));
  }

  fail(reason: unknown): void {
    if (this.#link !== undefined || this.#failed) return;
    this.#failed = true;
    this.#transport?.destroy();
    this.#reject(reason);
  }

  #advance(transport: Transport): void {
    try {
      for (let message = this.#reader.next(); message !== undefined; message = this.#reader.next()) {
        const step = this.#handshake.receive(message);
        if (step.kind === "done") return this.#establish(transport, step.peer);
        if (step.send !== undefined) transport.write(step.send);
      }
    } catch (error) {
      this.fail(this.#describe(error));
    }
  }

  #establish(transport: Transport, peer: HandshakePeer): void {
    const { ownName, tickTimeout, maxMessageBytes } = this.#greeting;
    this.#reader.useLongFrames(maxMessageBytes);
    const setup = { node: peer.name, creation: peer.creation, ownName, ownCreation: this.#ownCreation };
    const connection = new NodeConnection({ ...setup, transport, reader: this.#reader, tickTimeout }, (link) => {
      this.#link = link;
    });
    this.#resolve(connection);
    this.#link?.receiveBytes(new Uint8Array());
  }

  #closedEarly(error: Error | undefined): EnitError {
    const { node } = this.#greeting;
    if (error instanceof TlsError) return tlsFailed(node, error, this.#greeting.endpoint);
    const state = error === undefined ? "the node closed the connection" : describeSystemError(error);
    // A node that finds our digest wrong says nothing, it closes.
    if (this.#handshake.stage === "ack") return wrongCookie(node, state);
    return connectError("handshake_refused", node, `${state} during the handshake`, this.#place(), {
      hint: "The node may be stopping, or what listens there is no Erlang node.",
      cause: error,
    });
  }

  #describe(error: unknown): unknown {
    const { node } = this.#greeting;
    if (error instanceof FrameTooLongError && error.length === TLS_ALERT) return this.#tlsNode(error);
    if (error instanceof FrameTooLongError) return this.#noErlangNode(error.message, error);
    if (!(error instanceof HandshakeError)) return error;
    switch (error.fault) {
      case "refused":
        return connectError(
          "handshake_refused",
          node,
          `the node answered "${error.detail}"`,
          { status: error.detail },
          {
            hint: "The node may allow certain nodes only (net_kernel:allow/1), or want what enit does not offer.",
          },
        );
      case "other_node":
        return connectError("node_not_found", node, `a node named "${error.detail}" answers there`, {
          ...this.#place(),
          found: error.detail,
        });
      case "too_old":
        return connectError("handshake_refused", node, "the node is older than OTP 25", this.#place(), {
          kind: "unsupported",
        });
      case "wrong_cookie":
        return wrongCookie(node, "the node does not know it");
      case "malformed":
        return this.#noErlangNode(error.detail, error);
    }
  }

  #tlsNode(cause: Error): EnitError {
    const state = "its distribution is TLS, and enit was given no certificates for it";
    return connectError("tls_failed", this.#greeting.node, state, this.#place(), {
      hint: "Name them in the section node: {tls, [{certfile, FILE}, {keyfile, FILE}, {cacertfile, FILE}]}.",
      cause,
    });
  }

  #noErlangNode(detail: string, cause: Error): EnitError {
    const { host, port } = this.#greeting.endpoint;
    const state = `what listens at ${formatEndpoint(host, port)} is no Erlang node (it sent ${detail})`;
    return connectError("handshake_refused", this.#greeting.node, state, this.#place(), { cause });
  }

  #place(): { readonly host: string; readonly port: number } {
    return this.#greeting.endpoint;
  }
}

function wrongCookie(node: string, state: string): EnitError {
  return connectError(
    "wrong_cookie",
    node,
    `wrong cookie (${state})`,
    {},
    {
      hint: "The node was started with another cookie than the one that is configured now.",
    },
  );
}
