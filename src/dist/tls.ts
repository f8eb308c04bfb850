import { EnitError } from "../error/index.ts";
import { TLS_HINTS } from "./connect-error.ts";
import { TlsError, toTlsError } from "./tls-error.ts";
import { type OpenTransport, openSocket } from "./transport.ts";

/** What a client of TLS shows of itself, and whom it trusts. All bytes are those of PEM files. */
export interface TlsCredentials {
  /** The certificate, followed by those of the authorities between it and a root. */
  readonly certificate?: Uint8Array | undefined;
  readonly key?: Uint8Array | undefined;
  /** That of the key. */
  readonly password?: string | undefined;
  /** The authorities that are trusted. */
  readonly authorities?: Uint8Array | undefined;
  /** Whether the node must have a certificate of a trusted authority for its host. */
  readonly verify: boolean;
}

/**
 * Makes what opens a TLS connection (1.2 or 1.3) to a node of this host, as kernel's `inet_tls_dist` does: the name of
 * the host is asked for, and is what the certificate must be for.
 *
 * It rejects with a `TlsError`, or with the system's error.
 */
export function openTls(credentials: TlsCredentials, serverName: string): OpenTransport {
  const { certificate, key, password, authorities, verify } = credentials;
  return async (endpoint, events, signal) => {
    const secured = Promise.withResolvers<void>();
    // Nobody waits for it if the socket does not open.
    secured.promise.catch(() => undefined);
    let isSecured = false;
    const opening = openSocket(
      endpoint,
      {
        data: (chunk) => events.data(chunk),
        closed: (error) => {
          const reason = error === undefined ? undefined : toTlsError(error);
          if (isSecured) events.closed(reason);
          else secured.reject(reason ?? new TlsError("it closed the connection in the middle of TLS", "other"));
        },
      },
      {
        tls: {
          serverName,
          rejectUnauthorized: verify,
          ...(certificate === undefined ? {} : { cert: certificate }),
          ...(key === undefined ? {} : { key }),
          ...(password === undefined ? {} : { passphrase: password }),
          ...(authorities === undefined ? {} : { ca: authorities }),
        },
        // Without verification the result tells of a certificate that is not trusted, and the connection stands.
        secured: (error) => {
          const reason = error === undefined ? undefined : toTlsError(error);
          if (reason !== undefined && (verify || !isAboutTrust(reason))) return secured.reject(reason);
          isSecured = true;
          secured.resolve();
        },
      },
    );
    const transport = await opening.catch((error: unknown) => {
      throw error instanceof Error ? toTlsError(error) : error;
    });
    const abort = (): void => {
      transport.destroy();
      secured.reject(signal?.reason);
    };
    signal?.addEventListener("abort", abort, { once: true });
    try {
      signal?.throwIfAborted();
      await secured.promise;
      return transport;
    } catch (error) {
      transport.destroy();
      throw error;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  };
}

/**
 * Finds out whether credentials can be used at all. What the node at the other end makes of them is for it to say.
 *
 * Throws `tls_unusable` (kind `input`).
 */
export async function checkTlsCredentials(credentials: TlsCredentials): Promise<void> {
  try {
    // They are looked at before the connection is made, which port 0 then refuses.
    const transport = await openTls(credentials, "localhost")(
      { host: "127.0.0.1", port: 0 },
      { data: () => {}, closed: () => {} },
    );
    transport.destroy();
  } catch (error) {
    if (!(error instanceof TlsError)) return;
    throw new EnitError("tls_unusable", `cannot use TLS: ${error.message}`, {
      kind: "input",
      hint: TLS_HINTS[error.blames],
      cause: error,
    });
  }
}

function isAboutTrust(error: Error): boolean {
  return error instanceof TlsError && error.blames === "node";
}
