import type { TlsCredentials } from "../dist/index.ts";
import { EnitError, describeSystemError } from "../error/index.ts";
import { readFileSync } from "node:fs";
import type { TlsClient } from "./tls-settings.ts";

/**
 * Reads the certificates and the key that enit connects with.
 *
 * Throws `tls_unusable` (kind `input`) for a file that cannot be read.
 */
export function readTlsCredentials(client: TlsClient): TlsCredentials {
  const { certfile, keyfile, cacertfile, password, verify } = client;
  const read = (file: string | undefined): Uint8Array | undefined => {
    try {
      return file === undefined ? undefined : readFileSync(file);
    } catch (error) {
      throw new EnitError("tls_unusable", `cannot use TLS with "${file}": ${describeSystemError(error)}`, {
        kind: "input",
        hint: "The files of the key tls in the section node must be readable for enit and for the user of the release.",
        data: { file },
        cause: error,
      });
    }
  };
  return { certificate: read(certfile), key: read(keyfile), authorities: read(cacertfile), password, verify };
}
