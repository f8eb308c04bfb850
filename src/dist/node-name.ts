import { hostname } from "node:os";

/** The two parts of a node name. */
export interface NodeName {
  /** Before the `@`; what epmd knows. */
  readonly name: string;
  /** After the `@`. */
  readonly host: string;
}

/** Splits `name@host` at the first `@`; undefined if a part is missing, is not printable, or the whole is over 255 characters. */
export function splitNodeName(node: string): NodeName | undefined {
  const at = node.indexOf("@");
  const name = node.slice(0, at);
  const host = node.slice(at + 1);
  if (at < 1 || host === "" || host.includes("@") || node.length > 255) return undefined;
  return /[\p{Cc}\s]/u.test(node) ? undefined : { name, host };
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
