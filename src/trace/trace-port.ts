import { EnitError } from "../error/index.ts";
import { TraceDecoder } from "./codec/decoder.ts";
import type { TraceMessage } from "./codec/message.ts";
import { cutTrace, systemCode, systemState } from "./errors.ts";
import { takeMessages } from "./messages.ts";

export interface TracePortOptions {
  readonly port: number;
  /** Default: `localhost`. */
  readonly host?: string;
  /** Ends the reading, without an error. */
  readonly signal?: AbortSignal;
  /** The longest message that is accepted, in bytes. Default: 64 MiB. */
  readonly maxMessageBytes?: number;
}

/** What may wait here before the peer is made to wait, in bytes: a tracer that has to wait drops messages. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

/**
 * Connects to a port of `dbg:trace_port(ip, ...)` and gives its messages, as many together as have come, until the peer
 * closes or `signal` is aborted.
 *
 * @throws the reason of `signal` if that comes before the connection; EnitError `trace_unreachable`, `trace_connection_lost`, `trace_cut` where the peer closes within a message; what
 * `TraceDecoder` throws for a peer that speaks something else.
 */
export async function* readTracePort(options: TracePortOptions): AsyncGenerator<readonly TraceMessage[], undefined> {
  const { port, host = "localhost", signal, maxMessageBytes } = options;
  const source = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  const decoder = new TraceDecoder({ source, ...(maxMessageBytes === undefined ? {} : { maxMessageBytes }) });
  const inbox = new Inbox();
  using cleanup = new DisposableStack();
  cleanup.defer(onAbort(signal, () => inbox.stop()));
  const socket = await connect({ host, port, source }, inbox);
  if (socket === undefined) throw interrupted(source, signal?.reason);
  cleanup.defer(() => socket.terminate());
  for (let chunk = await inbox.take(socket); chunk !== undefined; chunk = await inbox.take(socket)) {
    decoder.push(chunk);
    for (const batch of takeMessages(decoder)) {
      if (inbox.stopped) return;
      yield batch;
    }
  }
  if (inbox.stopped) return;
  if (inbox.failure !== undefined) throw connectionLost(source, inbox.failure);
  if (decoder.unfinishedBytes > 0) throw cutTrace(source, decoder);
}

interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly source: string;
}

/** `undefined` if it was interrupted. */
async function connect({ host, port, source }: Endpoint, inbox: Inbox): Promise<Bun.Socket | undefined> {
  const opening = Bun.connect({
    hostname: host,
    port,
    socket: {
      binaryType: "uint8array",
      data: (socket, chunk) => inbox.add(socket, chunk),
      error: (_socket, error) => inbox.fail(error),
      end: () => inbox.end(),
      close: (_socket, error) => (error === undefined ? inbox.end() : inbox.fail(error)),
      connectError: () => undefined,
    },
  });
  const opened = await Promise.race([opening, inbox.whenStopped]).catch((cause: unknown) => {
    throw unreachable(source, systemState(cause), cause);
  });
  if (opened !== undefined) return opened;
  // Whatever becomes of the attempt, nobody waits for it.
  opening.then(
    (socket) => socket.terminate(),
    () => undefined,
  );
  return undefined;
}

/** What has come and was not taken yet. */
class Inbox {
  stopped = false;
  failure: Error | undefined;
  readonly whenStopped: Promise<undefined>;
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #paused = false;
  #ended = false;
  #wake: (() => void) | undefined;
  readonly #tellStopped: (value: undefined) => void;

  constructor() {
    const stopping = Promise.withResolvers<undefined>();
    this.whenStopped = stopping.promise;
    this.#tellStopped = stopping.resolve;
  }

  add(socket: Bun.Socket, chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_WAITING_BYTES && !this.#paused) {
      this.#paused = true;
      socket.pause();
    }
    this.#wake?.();
  }

  fail(error: Error): void {
    this.failure ??= error;
    this.end();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  stop(): void {
    this.stopped = true;
    this.#tellStopped(undefined);
    this.end();
  }

  /** The next chunk; `undefined` at the end. */
  async take(socket: Bun.Socket): Promise<Uint8Array | undefined> {
    while (this.#chunks.length === 0 && !this.#ended) {
      const waiting = Promise.withResolvers<void>();
      this.#wake = waiting.resolve;
      await waiting.promise;
      this.#wake = undefined;
    }
    if (this.stopped) return undefined;
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#bytes = 0;
    if (this.#paused) {
      this.#paused = false;
      socket.resume();
    }
    return chunks.length < 2 ? chunks[0] : Buffer.concat(chunks);
  }
}

/** Listens to a signal that may be aborted already; returns the undo. */
function onAbort(signal: AbortSignal | undefined, listener: () => void): () => void {
  if (signal?.aborted === true) listener();
  signal?.addEventListener("abort", listener, { once: true });
  return () => signal?.removeEventListener("abort", listener);
}

function interrupted(source: string, reason: unknown): Error {
  if (!(reason instanceof Error)) return new DOMException("interrupted while connecting", "AbortError");
  return reason.name === "TimeoutError" ? unreachable(source, "the host does not answer in time", reason) : reason;
}

function unreachable(source: string, state: string, cause: unknown): EnitError {
  return new EnitError("trace_unreachable", `cannot connect to the trace port "${source}": ${state}`, {
    kind: "io",
    hint: "On the node, enitdbg:ip(PORT) or dbg:tracer(port, dbg:trace_port(ip, PORT)) opens one.",
    data: { source, reason: systemCode(cause) ?? null },
    cause,
  });
}

function connectionLost(source: string, cause: Error): EnitError {
  return new EnitError(
    "trace_connection_lost",
    `cannot go on reading the trace port "${source}": ${systemState(cause)}`,
    {
      kind: "io",
      data: { source, reason: systemCode(cause) ?? null },
      cause,
    },
  );
}
