/**
 * The first OTP release with reltool 1.0: no archives any more, and `debug_info` may name chunks. OTP says it in no file
 * that is data.
 */
const RELTOOL_1 = 26;

/** Whether the reltool of this OTP release puts applications into archives. */
export function makesArchives(release: number): boolean {
  return release < RELTOOL_1;
}

/** Whether the reltool of this OTP release can keep single chunks of stripped BEAM files. */
export function keepsChunks(release: number): boolean {
  return release >= RELTOOL_1;
}
