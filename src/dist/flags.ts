/**
 * Distribution flags of the handshake, 64 bits (kernel's `dist.hrl`; "Distribution Protocol" of the ERTS guide).
 */
const FLAGS = {
  EXTENDED_REFERENCES: 1n << 2n,
  DIST_MONITOR: 1n << 3n,
  FUN_TAGS: 1n << 4n,
  DIST_MONITOR_NAME: 1n << 5n,
  NEW_FUN_TAGS: 1n << 7n,
  EXTENDED_PIDS_PORTS: 1n << 8n,
  EXPORT_PTR_TAG: 1n << 9n,
  BIT_BINARIES: 1n << 10n,
  NEW_FLOATS: 1n << 11n,
  UNICODE_IO: 1n << 12n,
  SMALL_ATOM_TAGS: 1n << 14n,
  UTF8_ATOMS: 1n << 16n,
  MAP_TAG: 1n << 17n,
  BIG_CREATION: 1n << 18n,
  HANDSHAKE_23: 1n << 24n,
  UNLINK_ID: 1n << 25n,
  MANDATORY_25_DIGEST: 1n << 26n,
  V4_NC: 1n << 34n,
} as const;

/** What OTP 25 wants of everyone; its own `MANDATORY_25_DIGEST` stands for all of them. */
const MANDATORY_25 =
  FLAGS.EXTENDED_REFERENCES |
  FLAGS.FUN_TAGS |
  FLAGS.NEW_FUN_TAGS |
  FLAGS.EXTENDED_PIDS_PORTS |
  FLAGS.EXPORT_PTR_TAG |
  FLAGS.BIT_BINARIES |
  FLAGS.NEW_FLOATS |
  FLAGS.UTF8_ATOMS |
  FLAGS.MAP_TAG |
  FLAGS.BIG_CREATION |
  FLAGS.HANDSHAKE_23;

/**
 * What we offer: what OTP 25 to 29 demand, and monitors and Unicode io, which `io:format` to our group leader
 * needs. Not offered on purpose: PUBLISHED (we are hidden), both atom caches and FRAGMENTS (so frames are
 * plain pass-through messages), SEND_SENDER, EXIT_PAYLOAD, SPAWN and ALIAS (so control messages keep their oldest form).
 */
export const OUR_FLAGS =
  MANDATORY_25 |
  FLAGS.MANDATORY_25_DIGEST |
  FLAGS.UNLINK_ID |
  FLAGS.V4_NC |
  FLAGS.DIST_MONITOR |
  FLAGS.DIST_MONITOR_NAME |
  FLAGS.UNICODE_IO |
  FLAGS.SMALL_ATOM_TAGS;

/** Tells from its flags whether a node is of OTP 25 or later. */
export function isSupportedNode(flags: bigint): boolean {
  return (flags & FLAGS.MANDATORY_25_DIGEST) !== 0n;
}
