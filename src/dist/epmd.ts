import { EnitError } from "../error/index.ts";
import { withDeadline } from "./deadline.ts";
import {
  decodeNamesAnswer,
  decodePortAnswer,
  encodeNamesRequest,
  encodePortRequest,
  EpmdFormatError,
  MAX_EPMD_ANSWER_BYTES,
  type NodeRegistration,
} from "./epmd-codec.ts";
import { candidateHosts } from "./node-name.ts";
import { describeSystemError, formatEndpoint } from "./system-error.ts";
import { openTcp, type Transport } from "./transport.ts";

const DEFAULT_EPMD_PORT = 4369;
const DEFAULT_TIMEOUT = 5000;
const PROTOCOL_VERSION = 6;

export interface EpmdOptions {
  /** Where epmd runs: a name or an address. Default: this machine. */
  readonly host?: string | undefined;
  /** Default: 4369. `ERL_EPMD_PORT` is not read here. */
  readonly epmdPort?: number | undefined;
  /** Milliseconds for the whole look-up. Default: 5000. */
  readonly timeout?: number | undefined;
  /** What it is aborted with is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks epmd where a node listens; `name` is the part before the `@`. Undefined if no node of that name is registered.
 *
 * Throws `epmd_unreachable` if no epmd answers, `handshake_refused` if the node is older than OTP 23.
 */
export async function lookupNode(name: string, options: EpmdOptions = {}): Promise<NodeRegistration | undefined> {
  const found = await askEpmd(`find node "${name}"`, options, encodePortRequest(name), (bytes, ended) => {
    const answer = decodePortAnswer(bytes);
    if (answer.kind === "whole") return { value: answer.value };
    if (ended) throw new EpmdFormatError("an answer that is cut off");
    return undefined;
  });
  if (found === undefined) return undefined;
  if (found.versions[0] > PROTOCOL_VERSION || found.versions[1] < PROTOCOL_VERSION) {
    throw new EnitError(
      "handshake_refused",
      `cannot connect to node "${name}": it speaks versions ${found.versions.join(" to ")} of the distribution protocol, enit speaks ${PROTOCOL_VERSION}`,
      { kind: "unsupported", data: { versions: found.versions } },
    );
  }
  return { name: found.name, port: found.port };
}

/** Asks epmd for all nodes that are registered with it, in its order. Throws `epmd_unreachable`. */
export async function listNodes(options: EpmdOptions = {}): Promise<readonly NodeRegistration[]> {
  return askEpmd("list the nodes", options, encodeNamesRequest(), (bytes, ended) =>
    ended ? { value: decodeNamesAnswer(bytes) } : undefined,
  );
}

/** Reads what was answered so far, which is all of it if `ended`; undefined asks for more. */
type ReadAnswer<T> = (bytes: Uint8Array, ended: boolean) => { readonly value: T } | undefined;

/** Puts one question to the first address of the host where something listens. */
async function askEpmd<T>(action: string, options: EpmdOptions, request: Uint8Array, read: ReadAnswer<T>): Promise<T> {
  const { host = "localhost", epmdPort = DEFAULT_EPMD_PORT, timeout = DEFAULT_TIMEOUT, signal } = options;
  const unreachable = (state: string, cause?: unknown): EnitError =>
    new EnitError(
      "epmd_unreachable",
      `cannot ${action}: no epmd answers at ${formatEndpoint(host, epmdPort)} (${state})`,
      {
        hint: "epmd starts with the first Erlang node of a host; check the host and the epmd port.",
        data: { host, port: epmdPort },
        cause,
      },
    );
  const expired = (): Error => unreachable(`nothing came within ${timeout} ms`);
  return withDeadline({ timeout, signal, expired }, async (aborted) => {
    let failure: unknown;
    for (const address of candidateHosts(host)) {
      try {
        return await exchange(address, epmdPort, request, read, aborted);
      } catch (error) {
        if (error instanceof EpmdFormatError) throw unreachable(`something else gave ${error.message}`, error);
        failure ??= error;
      }
    }
    throw unreachable(describeSystemError(failure), failure);
  });
}

/** One connection to epmd: a question, and its answer as soon as that is whole. */
async function exchange<T>(
  host: string,
  port: number,
  request: Uint8Array,
  read: ReadAnswer<T>,
  signal: AbortSignal,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  // Nobody waits for the answer if the exchange is aborted before the question was put.
  promise.catch(() => undefined);
  let received = new Uint8Array();
  const tryRead = (ended: boolean): void => {
    try {
      const answer = read(received, ended);
      if (answer !== undefined) resolve(answer.value);
    } catch (error) {
      reject(error);
    }
  };
  const transport = await openTcp(
    { host, port },
    {
      data: (chunk) => {
        received = Buffer.concat([received, chunk]);
        if (received.length > MAX_EPMD_ANSWER_BYTES) reject(new EpmdFormatError("an answer without end"));
        else tryRead(false);
      },
      closed: (error) => (error === undefined ? tryRead(true) : reject(error)),
    },
  );
  return closing(transport, signal, () => {
    transport.write(request);
    return promise;
  });
}

/** Runs `work` and closes the connection after it, or as soon as the signal is aborted. */
async function closing<T>(transport: Transport, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const destroy = (): void => transport.destroy();
  signal.addEventListener("abort", destroy, { once: true });
  try {
    signal.throwIfAborted();
    return await work();
  } finally {
    signal.removeEventListener("abort", destroy);
    destroy();
  }
}
