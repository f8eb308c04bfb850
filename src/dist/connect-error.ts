import { EnitError, type EnitErrorOptions } from "../error/index.ts";
import type { TlsBlame, TlsError } from "./tls-error.ts";
import type { Endpoint } from "./transport.ts";

/** The codes of what may go wrong before a connection stands. */
export type ConnectErrorCode =
  "epmd_unreachable" | "node_not_found" | "node_unreachable" | "tls_failed" | "wrong_cookie" | "handshake_refused";

/** Makes the error of a connection that did not come about: `cannot connect to "NODE": STATE`. */
export function connectError(
  code: ConnectErrorCode,
  node: string,
  state: string,
  data: Readonly<Record<string, unknown>> = {},
  more: Omit<EnitErrorOptions, "data"> = {},
): EnitError {
  return new EnitError(code, `cannot connect to "${node}": ${state}`, { ...more, data: { node, ...data } });
}

/** What to do next, by whose certificate is to blame. */
export const TLS_HINTS: Readonly<Record<TlsBlame, string | undefined>> = {
  node: "The authority must be in the cacertfile of the key tls in the section node, and the certificate for the host in the node's name.",
  ours: "Check certfile, keyfile and cacertfile of the key tls in the section node, on both sides.",
  unusable: "Check certfile, keyfile, cacertfile and password of the key tls in the section node.",
  other: undefined,
};

/** Makes the error of a connection that TLS did not let come about. */
export function tlsFailed(node: string, error: TlsError, { host, port }: Endpoint): EnitError {
  const hint = TLS_HINTS[error.blames];
  const kind = error.blames === "unusable" ? "input" : "failed";
  return connectError("tls_failed", node, error.message, { host, port }, { kind, hint, cause: error });
}
