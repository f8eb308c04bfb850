import { EnitError } from "../error/index.ts";
import { connectError } from "./connect-error.ts";
import type { NodeConnection } from "./connection.ts";
import { withDeadline } from "./deadline.ts";
import { type EpmdOptions, listNodes, lookupNode } from "./epmd.ts";
import { candidateHosts, isOwnHost, makeOwnName, type NodeName, splitNodeName } from "./node-name.ts";
import { shakeHands } from "./shake-hands.ts";
import { describeSystemError, formatEndpoint } from "./system-error.ts";
import { openTls, type TlsCredentials } from "./tls.ts";
import { type OpenTransport, openTcp } from "./transport.ts";

const DEFAULT_TIMEOUT = 7000;
const DEFAULT_TICK_TIMEOUT = 60_000;
const DEFAULT_MAX_MESSAGE_BYTES = 256 * 1024 * 1024;

export interface ConnectOptions {
  /** The whole name, `name@host`. */
  readonly node: string;
  /** Characters of latin1; never part of an error. */
  readonly cookie: string;
  /** Where the node listens, if not at its host: an address, for a node with `inet_dist_use_interface`. */
  readonly address?: string | undefined;
  /** The node's own port; epmd is not asked then. */
  readonly port?: number | undefined;
  /** Default: 4369. */
  readonly epmdPort?: number | undefined;
  /** Milliseconds until hands are shaken, look-ups included. Default: 7000, as `net_setuptime`. */
  readonly timeout?: number | undefined;
  /** Ends the attempt; what it is aborted with is thrown. It does not end the connection. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds of silence after which a peer that does not answer counts as gone. Default: 60,000, as `net_ticktime`. */
  readonly tickTimeout?: number | undefined;
  /** The largest message accepted, in bytes. Default: 256 MiB. */
  readonly maxMessageBytes?: number | undefined;
  /** For a node whose distribution is TLS (`-proto_dist inet_tls`). */
  readonly tls?: TlsCredentials | undefined;
  /** Opens the byte stream to the node. Default: TLS if `tls` is given, else plain TCP. */
  readonly open?: OpenTransport | undefined;
}

/**
 * Connects to an Erlang node (OTP 25 or later) as a hidden node with a name of its own.
 *
 * Throws `invalid_node_name` and `invalid_cookie` (kind `input`), `epmd_unreachable`, `node_not_found` (the names that
 * epmd knows are in `data.registered`), `node_unreachable` (nothing there, or nothing in time), `tls_failed` (of the
 * kind `input` where our own certificate or key cannot be used), `wrong_cookie`, `handshake_refused`.
 */
export async function connectNode(options: ConnectOptions): Promise<NodeConnection> {
  const peer = splitNodeName(options.node);
  if (peer === undefined) {
    throw new EnitError("invalid_node_name", `cannot connect to "${options.node}": that is no node name`, {
      kind: "input",
      hint: "A node name has the form name@host.",
    });
  }
  if (!isCookie(options.cookie)) {
    throw new EnitError("invalid_cookie", `cannot connect to "${options.node}": the cookie is empty or not latin1`, {
      kind: "input",
    });
  }
  const { timeout = DEFAULT_TIMEOUT, signal } = options;
  let stage = "asking epmd";
  let hint: string | undefined;
  const expired = (): Error => {
    const state = `nothing came within ${timeout} ms while ${stage}`;
    return connectError("node_unreachable", options.node, state, { timeout }, { hint });
  };
  const enter = (nextStage: string, nextHint?: string): void => {
    stage = nextStage;
    hint = nextHint;
  };
  return withDeadline({ timeout, signal, expired }, async (aborted) => {
    const port = options.port ?? (await findPort(options.node, peer, options, aborted));
    const open = options.open ?? (options.tls === undefined ? openTcp : openTls(options.tls, peer.host));
    if (options.tls !== undefined) enter(`agreeing on TLS on port ${port}`, SILENT_HINT);
    const opened: OpenTransport = async (...args) => {
      const transport = await open(...args);
      enter(`shaking hands on port ${port}`);
      return transport;
    };
    return connectTo(peer, port, { ...options, open: opened }, aborted);
  });
}

/** It waits for the rest of what it takes for a message. */
const SILENT_HINT = "A node whose distribution is not TLS does not answer that.";

function isCookie(text: string): boolean {
  return text !== "" && [...text].every((character) => character <= "\u00ff");
}

/** Asks the epmd of this machine for a node of its own; for others that at `address`, then that of the host. */
async function findPort(node: string, peer: NodeName, options: ConnectOptions, signal: AbortSignal): Promise<number> {
  const { address, epmdPort, timeout = DEFAULT_TIMEOUT } = options;
  const hosts = address === undefined || isOwnHost(peer.host) ? [peer.host] : [address, peer.host];
  let failure: unknown;
  for (const host of hosts) {
    try {
      return await askForPort(node, peer.name, { host, epmdPort, timeout, signal });
    } catch (error) {
      if (!(error instanceof EnitError) || error.code !== "epmd_unreachable") throw error;
      failure ??= error;
    }
  }
  throw failure;
}

async function askForPort(node: string, name: string, epmd: EpmdOptions & { readonly host: string }): Promise<number> {
  const found = await lookupNode(name, epmd);
  if (found !== undefined) return found.port;
  const registered = (await listNodes(epmd)).map((other) => other.name);
  const known = registered.length === 0 ? "no nodes" : registered.join(", ");
  throw connectError(
    "node_not_found",
    node,
    "no such node is running",
    { registered, host: epmd.host },
    { hint: `epmd of host "${epmd.host}" knows ${known}.` },
  );
}

/** Connects to the first address of the node's host where something listens. */
async function connectTo(
  peer: NodeName,
  port: number,
  options: ConnectOptions & { readonly open: OpenTransport },
  signal: AbortSignal,
): Promise<NodeConnection> {
  const hosts = options.address === undefined ? candidateHosts(peer.host) : [options.address];
  let failure: unknown;
  for (const host of hosts) {
    try {
      return await shakeHands(
        {
          node: options.node,
          ownName: makeOwnName(peer),
          cookie: options.cookie,
          endpoint: { host, port },
          open: options.open,
          isTls: options.tls !== undefined,
          tickTimeout: options.tickTimeout ?? DEFAULT_TICK_TIMEOUT,
          maxMessageBytes: options.maxMessageBytes ?? DEFAULT_MAX_MESSAGE_BYTES,
        },
        signal,
      );
    } catch (error) {
      if (error instanceof EnitError) throw error;
      signal.throwIfAborted();
      failure ??= error;
    }
  }
  const places = hosts.map((host) => formatEndpoint(host, port)).join(" and ");
  throw connectError(
    "node_unreachable",
    options.node,
    `${describeSystemError(failure)} (${places})`,
    { hosts, port },
    {
      hint: "A node with inet_dist_use_interface listens on that address only.",
      cause: failure,
    },
  );
}
