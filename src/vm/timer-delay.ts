/** The longest delay that timers take: 24 days. A longer one would be none at all. */
const MAX_MILLISECONDS = 2 ** 31 - 1;

/** Seconds as the delay of a timer. */
export function timerDelay(seconds: number): number {
  return Math.min(Math.round(seconds * 1000), MAX_MILLISECONDS);
}
