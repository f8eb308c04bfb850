import { hostname } from "node:os";

/** The two parts of a node name. */
export interface NodeName {
  /** Before the `@`; what epmd knows. */
  readonly name: string;
  /** After the `@`. */
  readonly host: string;
}

/**
 * Splits `name@host`; undefined if a node could not have that name (kernel's `net_kernel`): letters, digits, `_` and `-`
 * before the `@`, printable latin1 behind it, 255 characters in all.
 */
export function splitNodeName(node: string): NodeName | undefined {
  const match = /^([0-9A-Za-z_-]+)@([!-?A-\u00ff]+)$/.exec(node);
  if (match?.[1] === undefined || match[2] === undefined || node.length > 255) return undefined;
  return { name: match[1], host: match[2] };
}

/**
 * A name for ourselves that no other process has: `enit-PID-RANDOM@HOST`.
 *
 * A node of long names gets a host with a dot, one of short names a host without; nobody ever connects to it.
 */
export function makeOwnName(peer: NodeName): string {
  const random = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  const name = `enit-${process.pid}-${random.toString(36)}`;
  const own = hostname().replace(/[^\w.-]/g, "") || "localhost";
  if (!/[.:]/.test(peer.host)) return `${name}@${own.split(".", 1)[0] || "localhost"}`;
  return `${name}@${own.includes(".") ? own : `${own}.invalid`}`;
}

/** Tells whether a host name is this machine's own, in full, its first label, or `localhost`. */
export function isOwnHost(host: string): boolean {
  const own = hostname();
  return host === "localhost" || host === own || host === own.split(".", 1)[0];
}

/**
 * The addresses to try for a node's host, in order.
 *
 * For this machine's own name that is the loopback address first: it needs no look-up, it is right where the name
 * does not resolve, and epmd always listens there. Every other host is left to the resolver.
 */
export function candidateHosts(host: string): readonly string[] {
  return isOwnHost(host) ? ["127.0.0.1", host] : [host];
}
