import { EnitError, type EnitErrorOptions } from "../error/index.ts";

/** The codes of what may go wrong before a connection stands. */
export type ConnectErrorCode =
  "epmd_unreachable" | "node_not_found" | "node_unreachable" | "wrong_cookie" | "handshake_refused";

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
