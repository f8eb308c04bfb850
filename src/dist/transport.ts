/** Where a byte stream leads to. */
export interface Endpoint {
  /** A host name or an IPv4 or IPv6 address, without brackets. */
  readonly host: string;
  readonly port: number;
}

/** What a byte stream tells its owner. */
export interface TransportEvents {
  data(chunk: Uint8Array): void;
  /** Called once, last; with what broke it, if anything did. */
  closed(error?: Error): void;
}

/** An open byte stream. */
export interface Transport {
  /** Sends bytes in order; keeps what the socket cannot take yet. Does nothing after the end. */
  write(bytes: Uint8Array): void;
  /** Sends what was written, then closes. */
  end(): void;
  /** Closes at once; what was not sent is lost. */
  destroy(): void;
  /** Our address on this connection. */
  readonly localAddress: string;
}

/**
 * Opens a byte stream; rejects with the system's error (`code` such as ECONNREFUSED), or with what `signal` is aborted
 * with. Another one may add TLS.
 */
export type OpenTransport = (endpoint: Endpoint, events: TransportEvents, signal?: AbortSignal) => Promise<Transport>;

/** Opens a plain TCP connection. */
export const openTcp: OpenTransport = (endpoint, events) => openSocket(endpoint, events);

/** How a socket adds TLS, and who is told once its keys are agreed on: with what speaks against it, if anything does. */
interface SocketSecurity {
  readonly tls: Bun.TLSOptions;
  readonly secured: (error: Error | undefined) => void;
}

/** Opens a socket. Bun.connect and not node:net, which takes 15 ms to load in a compiled binary (0.8 ms here, Bun 1.4.5). */
export async function openSocket(
  endpoint: Endpoint,
  events: TransportEvents,
  security?: SocketSecurity,
): Promise<Transport> {
  const outbox = new Outbox();
  let failure: Error | undefined;
  const socket = await Bun.connect({
    hostname: endpoint.host,
    port: endpoint.port,
    ...(security === undefined ? {} : { tls: security.tls }),
    socket: {
      binaryType: "uint8array",
      data: (_socket, chunk) => events.data(chunk),
      drain: (drained) => outbox.flush(drained),
      error: (_socket, error) => {
        failure = error;
      },
      close: (_socket, error) => events.closed(failure ?? error),
      ...(security === undefined
        ? {}
        : { handshake: (_socket, _success, error) => security.secured(error ?? undefined) }),
    },
  });
  socket.setNoDelay(true);
  return {
    write: (bytes) => outbox.write(socket, bytes),
    end: () => outbox.end(socket),
    destroy: () => socket.terminate(),
    localAddress: socket.localAddress,
  };
}

/** What is to be sent: all that is written in one turn goes out together, the rest when the socket has room. */
class Outbox {
  #queue: Uint8Array[] = [];
  #scheduled = false;
  /** The socket has no room; it says `drain` when it has. */
  #blocked = false;
  #ended = false;

  write(socket: Bun.Socket, bytes: Uint8Array): void {
    if (this.#ended) return;
    this.#queue.push(bytes);
    if (this.#scheduled || this.#blocked) return;
    this.#scheduled = true;
    queueMicrotask(() => this.flush(socket));
  }

  end(socket: Bun.Socket): void {
    this.#ended = true;
    if (!this.#blocked) this.flush(socket);
  }

  flush(socket: Bun.Socket): void {
    this.#scheduled = false;
    this.#blocked = false;
    const queue = this.#queue;
    this.#queue = [];
    const bytes = queue.length === 1 && queue[0] !== undefined ? queue[0] : Buffer.concat(queue);
    if (bytes.length > 0) {
      const sent = socket.write(bytes);
      if (sent >= 0 && sent < bytes.length) {
        this.#queue.push(bytes.subarray(sent));
        this.#blocked = true;
        return;
      }
    }
    if (this.#ended) {
      socket.end();
      // What is left to do is the peer's, which may hang.
      socket.unref();
    }
  }
}
