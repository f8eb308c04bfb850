import type { TlsCredentials } from "../dist/index.ts";
import { readTermFile } from "../otp/index.ts";
import { readTlsCredentials, tlsClientOf } from "../release/index.ts";
import { asOwnerOf } from "./identity.ts";
import { statePaths } from "./state-paths.ts";
import type { RunningVm } from "./vm-record.ts";

/**
 * What is needed to connect to a VM whose distribution is TLS, by the options that it was started with; `undefined` for
 * every other. Throws `unreadable` for whoever may not read them, and `tls_unusable`.
 */
export function readVmTls({ tlsProtocol }: RunningVm, stateDir: string): TlsCredentials | undefined {
  if (tlsProtocol === undefined) return undefined;
  const { tls, releasesDir } = statePaths(stateDir);
  return asOwnerOf(releasesDir, () => {
    const [options] = readTermFile(tls).terms;
    return options === undefined ? undefined : readTlsCredentials(tlsClientOf(options));
  });
}
