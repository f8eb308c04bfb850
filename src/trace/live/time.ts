import { type TupleTerm, integerValue } from "../../term/index.ts";

/** When something happened, in UTC. */
export interface TraceTime {
  /** `18:27:21` */
  readonly clock: string;
  /** `2026-11-22T18:27:21.123456Z` */
  readonly iso: string;
}

/** The time of a message `{trace_ts, ..., {Mega, Seconds, Micro}}`. */
export function timeOf({ elements }: TupleTerm): TraceTime | undefined {
  const stamp = elements.at(-1);
  const [mega, seconds, micro] = stamp?.kind === "tuple" ? stamp.elements.map(integerValue) : [];
  if (mega === undefined || seconds === undefined || micro === undefined) return undefined;
  const text = new Date((mega * 1e6 + seconds) * 1000).toISOString();
  return { clock: text.slice(11, 19), iso: `${text.slice(0, 19)}.${String(micro).padStart(6, "0")}Z` };
}
