/** A count or a time; `infinity` is no limit. */
export type Limit = number | "infinity";

const NO_LIMIT = new Set(["infinity", "unlimited"]);

/** Reads a number of retries: an integer from 0 on, or `infinity` or `unlimited`. */
export function readRetries(value: unknown): Limit | undefined {
  if (isNoLimit(value)) return "infinity";
  const retries = readNumber(value);
  return retries !== undefined && Number.isSafeInteger(retries) ? retries : undefined;
}

/** Reads a number of seconds from 0 on; fractions are allowed. */
export function readSeconds(value: unknown): number | undefined {
  return readNumber(value);
}

/** Reads a number of milliseconds from 0 on, or `infinity` or `unlimited`, and gives seconds. */
export function readMilliseconds(value: unknown): Limit | undefined {
  if (isNoLimit(value)) return "infinity";
  const milliseconds = readNumber(value);
  return milliseconds === undefined ? undefined : milliseconds / 1000;
}

function isNoLimit(value: unknown): boolean {
  return typeof value === "string" && NO_LIMIT.has(value);
}

function readNumber(value: unknown): number | undefined {
  const number = typeof value === "string" && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) && number >= 0 ? number : undefined;
}
