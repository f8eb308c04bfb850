import { EnitError } from "../../../error/index.ts";
import type { Release } from "../../../release/index.ts";
import { RedbugPrinter } from "../../../trace/index.ts";
import type { ServiceBase } from "../index.ts";
import { startTrace } from "./start.ts";

/** As the original enit has it with redbug, which also loads what is not loaded. The time of the work is limit enough. */
const MESSAGES = 100_000;

/** Does something and traces meanwhile, as `TracingService.during` does. */
export async function traceDuring<Result>(
  { log }: Pick<ServiceBase, "log">,
  release: Release,
  patterns: readonly string[],
  work: () => Promise<Result>,
): Promise<Result> {
  const end = new AbortController();
  const options = { seconds: "infinity", messages: MESSAGES, load: true, signal: end.signal } as const;
  const live = patterns.length === 0 ? undefined : await startTrace(release, patterns, options).catch(ifRunning);
  if (live === undefined) return work();
  const printer = new RedbugPrinter();
  const printing = (async (): Promise<void> => {
    for await (const item of live.items) log.output(printer.print(item));
  })();
  try {
    return await work();
  } finally {
    end.abort();
    await printing;
  }
}

/** What does not run has nothing to trace; whether that is an error is for the work to say. */
function ifRunning(error: unknown): undefined {
  if (!(error instanceof EnitError && error.code === "not_running")) throw error;
}
