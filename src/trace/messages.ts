import { EnitError } from "../error/index.ts";
import type { TraceDecoder } from "./codec/decoder.ts";
import type { TraceMessage } from "./codec/message.ts";

/** How many messages are handed on together at most. */
const BATCH = 1024;

/** Takes the whole messages out of a decoder, many at a time; those before a malformed one come before its error. */
export function* takeMessages(decoder: TraceDecoder): Generator<readonly TraceMessage[], undefined> {
  for (;;) {
    const batch: TraceMessage[] = [];
    let failure: EnitError | undefined;
    try {
      while (batch.length < BATCH) {
        const message = decoder.next();
        if (message === undefined) break;
        batch.push(message);
      }
    } catch (error) {
      if (!(error instanceof EnitError)) throw error;
      failure = error;
    }
    if (batch.length > 0) yield batch;
    if (failure !== undefined) throw failure;
    if (batch.length < BATCH) return;
  }
}
