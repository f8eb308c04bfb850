/** A byte stream that TLS did not let come about, or broke. The message says why in words, seen from our side. */
export class TlsError extends Error {
  override readonly name = "TlsError";
  /** Whose certificate or key is to blame. */
  readonly blames: TlsBlame;

  constructor(state: string, blames: TlsBlame, cause?: unknown) {
    super(state, { cause });
    this.blames = blames;
  }
}

/** `node`: the node's. `ours`: ours, for the node. `unusable`: ours, for anybody. `other`: nobody's. */
export type TlsBlame = "node" | "ours" | "unusable" | "other";

/** What is wrong with the node's certificate, by the codes of OpenSSL's verification. */
const OF_NODE: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet",
  CERT_REVOKED: "its certificate was revoked",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host",
  INVALID_PURPOSE: "its certificate is not meant for servers",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is of an authority that is not trusted",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is signed by itself, and not trusted",
  UNABLE_TO_GET_ISSUER_CERT: "its certificate is of an authority that is not trusted",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate is of an authority that is not trusted",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is of an authority that is not trusted",
  CERT_SIGNATURE_FAILURE: "its certificate is of an authority that is not trusted",
};

/** What the node has against us, by its alerts (RFC 8446, 6.2), in the names that BoringSSL has for them. */
const OF_OURS: readonly (readonly [alert: string, state: string])[] = [
  ["CERTIFICATE_REQUIRED", "it demands a certificate of those who connect"],
  ["UNKNOWN_CA", "it does not trust the authority of the certificate that enit has"],
  ["CERTIFICATE_EXPIRED", "it finds the certificate that enit has expired"],
  ["CERTIFICATE_REVOKED", "it finds the certificate that enit has revoked"],
  ["CERTIFICATE_UNKNOWN", "it does not accept the certificate that enit has"],
  ["UNSUPPORTED_CERTIFICATE", "it does not accept the certificate that enit has"],
  ["BAD_CERTIFICATE", "it does not accept the certificate that enit has"],
  ["ACCESS_DENIED", "it does not accept the certificate that enit has"],
  // What a node says in TLS 1.2 where a certificate is missing, and in both where there is no common cipher.
  ["HANDSHAKE_FAILURE", "it wants a certificate, or ciphers, that enit does not have"],
];

/** What keeps a certificate or key from being used at all. */
const UNUSABLE: Readonly<Record<string, string>> = {
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: "the key is not that of the certificate",
  ERR_OSSL_PEM_NO_START_LINE: "a file of certificates or keys is not in the format PEM",
  ERR_OSSL_BAD_DECRYPT: "the password of the key is missing or wrong",
  ERR_OSSL_PEM_BAD_PASSWORD_READ: "the password of the key is missing",
  ERR_BORINGSSL: "a file of certificates is not in the format PEM",
};

/** Turns an error of the TLS library into words; what is none of its errors is given back as it is. */
export function toTlsError(error: Error): Error {
  const code = "code" in error ? String(error.code) : "";
  const ofNode = OF_NODE[code];
  if (ofNode !== undefined) return new TlsError(ofNode, "node", error);
  const unusable = UNUSABLE[code];
  if (unusable !== undefined) return new TlsError(unusable, "unusable", error);
  if (code !== "EPROTO" && !code.startsWith("ERR_SSL") && !code.startsWith("ERR_OSSL")) return error;
  const ofOurs = OF_OURS.find(([alert]) => error.message.includes(alert));
  if (ofOurs !== undefined) return new TlsError(ofOurs[1], "ours", error);
  if (error.message.includes("WRONG_VERSION_NUMBER")) return new TlsError("it does not speak TLS", "other", error);
  if (/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/.test(error.message)) {
    return new TlsError("it speaks other versions of TLS than 1.2 and 1.3", "other", error);
  }
  return new TlsError(`TLS failed (${error.message.split(":").at(-1)})`, "other", error);
}
