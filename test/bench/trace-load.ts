import { readLines } from "../support/lines.ts";
import { ENIT } from "../support/run-enit.ts";
import { Transcript } from "../support/transcript.ts";
import { type BenchHost, openBenchHost } from "./bench-host.ts";
import { type Comparison, type Row, median } from "./report.ts";

const ROUNDS = 5;
const CALLS = 500_000;
const SHOWN_CALLS = 20_000;
const SECONDS = 3;
const CALLS_A_SECOND = 1000;
const NO_LIMITS = ["--time", "infinity", "--msgs", "infinity", "--rate", "infinity", "--max-queue", "100000"];

interface Variant {
  readonly name: string;
  /** Starts the trace, and gives what ends it; nothing for none. */
  readonly trace: ((host: BenchHost) => Promise<() => Promise<void>>) | undefined;
  readonly calls?: number;
}

/** What a trace costs the node, measured in the node: how long its callers take, how busy its schedulers are. */
export async function benchTraceLoad(): Promise<Comparison[]> {
  await using host = await openBenchHost();
  host.define("relex");
  await host.enit("start", "relex");
  try {
    return [await benchCaller(host), await benchSchedulers(host)];
  } finally {
    await host.enit("stop", "relex", "--force");
  }
}

function benchCaller(host: BenchHost): Promise<Comparison> {
  const variants: Variant[] = [
    { name: "`enit trace 'lists:last(no)'`, which no call matches", trace: enitTrace("lists:last(no)") },
    { name: "no trace", trace: undefined },
    { name: "`enit trace lists:max`, another function", trace: enitTrace("lists:max") },
    { name: "`enit trace 'lists:last -> count'`", trace: enitTrace("lists:last -> count") },
    { name: "`enit trace 'lists:last -> time'`", trace: enitTrace("lists:last -> time") },
    { name: "`enit trace lists:last`, each call shown", trace: enitTrace("lists:last"), calls: SHOWN_CALLS },
    { name: "`enitdbg:fn(lists, last)`, each call shown or dropped", trace: dbgTrace, calls: SHOWN_CALLS },
  ];
  const measure = ({ calls = CALLS }: Variant): string =>
    `Lists = lists:duplicate(${calls}, [x]),
     {Time, ok} = timer:tc(lists, foreach, [fun lists:last/1, Lists]), 1000 * Time / ${calls}`;
  const how =
    `\`lists:foreach(fun lists:last/1, ...)\` over ${CALLS.toLocaleString("en")} lists in one process, ` +
    `${SHOWN_CALLS.toLocaleString("en")} where each call is shown; ${ROUNDS} rounds. With limits as they are by default, ` +
    "the last but one would have ended after 10 messages.";
  return compare(host, "What a trace adds to a call", how, "ns a call", variants, measure);
}

function benchSchedulers(host: BenchHost): Promise<Comparison> {
  const variants: Variant[] = [
    { name: "`enit trace 'lists:last -> return'`", trace: enitTrace("lists:last -> return") },
    { name: "no trace", trace: undefined },
    { name: "`enit trace 'lists:last -> count'`", trace: enitTrace("lists:last -> count") },
    { name: "`enitdbg:fn(lists, last)` and `enit traceip`", trace: dbgTrace },
  ];
  const rounds = SECONDS * 100;
  const measure = (): string =>
    `erlang:system_flag(scheduler_wall_time, true),
     Lists = lists:duplicate(${CALLS_A_SECOND / 100}, [x]),
     Busy = fun() -> lists:foldl(fun({_, Active, Total}, {As, Ts}) -> {As + Active, Ts + Total} end, {0, 0},
                                 lists:sublist(lists:sort(erlang:statistics(scheduler_wall_time)),
                                               erlang:system_info(schedulers))) end,
     {Active, Total} = Busy(),
     lists:foreach(fun(_) -> timer:sleep(10), lists:foreach(fun lists:last/1, Lists) end, lists:seq(1, ${rounds})),
     {ActiveThen, TotalThen} = Busy(),
     100 * erlang:system_info(schedulers) * (ActiveThen - Active) / (TotalThen - Total)`;
  const how =
    `${CALLS_A_SECOND} calls a second for ${SECONDS} seconds, each shown with what it returns; \`scheduler_wall_time\` of the ` +
    `schedulers, what else the node does included; ${ROUNDS} rounds.`;
  return compare(host, "How busy a trace keeps the node", how, "% of a core", variants, measure);
}

async function compare(
  host: BenchHost,
  title: string,
  how: string,
  unit: Comparison["unit"],
  variants: readonly Variant[],
  measure: (variant: Variant) => string,
): Promise<Comparison> {
  const values = variants.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, variant] of variants.entries()) {
      const stop = await variant.trace?.(host);
      values[i]?.push(Number(await host.enit("eval", "relex", measure(variant))));
      await stop?.();
    }
  }
  const rows = variants.map(({ name }, i): Row => ({ name, median: median(values[i] ?? []) }));
  return { title, how, unit, rows };
}

function enitTrace(pattern: string): Variant["trace"] {
  return async ({ env }) => {
    const child = Bun.spawn({
      cmd: [ENIT, "trace", "relex", pattern, ...NO_LIMITS],
      env: { PATH: process.env["PATH"], ...env },
      stdin: "ignore",
      stdout: "ignore",
      stderr: "pipe",
    });
    await new Transcript(child.stderr).until("tracing ");
    return async () => {
      child.kill("SIGINT");
      await child.exited;
    };
  };
}

async function dbgTrace(host: BenchHost): Promise<() => Promise<void>> {
  const open = "{ok, Port} = enitdbg:ip(0), unlink(whereis(dbg)), {ok, _} = enitdbg:fn(lists, last), Port";
  const port = await host.enit("eval", "relex", open);
  const child = Bun.spawn({ cmd: [ENIT, "traceip", port.trim()], stdin: "ignore", stdout: "pipe", stderr: "ignore" });
  const reading = drain(child.stdout);
  return async () => {
    await host.enit("eval", "relex", "dbg:stop_clear()");
    await reading;
    await child.exited;
  };
}

async function drain(stream: ReadableStream<Uint8Array>): Promise<void> {
  for await (const _ of readLines(stream));
}
