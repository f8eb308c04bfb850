import { TlsError } from "./tls-error.ts";

/** What the system's errors of a connection mean, in words. */
const STATES: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "the host name does not resolve",
  EAI_AGAIN: "the host name does not resolve at the moment",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
  EADDRNOTAVAIL: "the address is not usable here",
  ETIMEDOUT: "the host does not answer",
  ECONNRESET: "the connection was reset",
  EPIPE: "the connection was closed",
};

/** Tells what an error of the system says, such as "nothing listens there" for ECONNREFUSED. */
export function describeSystemError(error: unknown): string {
  if (error instanceof TlsError) return error.message;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return STATES[code] ?? (code === "" ? String(error) : code);
}

/** An address as people write it: `127.0.0.1:4369`, `[::1]:4369`. */
export function formatEndpoint(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
