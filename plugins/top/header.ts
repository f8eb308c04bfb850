import { formatUptime, type TopSample, type Ui } from "../../src/contract/index.ts";
import { formatCount, formatRate, formatSize } from "./units.ts";

/** A node near one of its limits, or schedulers that have nothing left. */
const MUCH = 0.8;

/** The kinds of memory that are shown, as `erlang:memory/0` calls them. */
export const MEMORY_KINDS = ["total", "processes", "binary", "ets", "code", "atom"] as const;

export interface HeaderFacts {
  readonly release: string;
  readonly version: string;
}

/** The lines about the node as a whole, but for its memory. */
export function drawNode(sample: TopSample, { release, version }: HeaderFacts, ui: Ui): string[] {
  const { rates, schedulers, utilization, runQueue, dirtyRunQueue } = sample;
  const busy = utilization === null ? "-" : `${Math.round(utilization * 100)}%`;
  const isBusy = utilization !== null && utilization > MUCH;
  const waiting = `${formatCount(runQueue)}${dirtyRunQueue > 0 ? ` + ${formatCount(dirtyRunQueue)} dirty` : ""}`;
  return [
    `${ui.bold(`${release} ${version}`)}  ${sample.node}  OTP ${sample.otp}  up ${formatUptime(sample.uptimeSeconds)}`,
    [
      `run queue ${runQueue > schedulers ? ui.yellow(waiting) : waiting}`,
      `${schedulers} schedulers ${isBusy ? ui.red(busy) : busy} busy`,
      `reds ${formatRate(rates.reductions)}/s`,
      `in ${formatBytesRate(rates.input)}`,
      `out ${formatBytesRate(rates.output)}`,
      `gc ${formatRate(rates.garbageCollections)}/s`,
    ].join("  "),
    [
      describeCount("processes", sample.counts.processes, ui),
      describeCount("ports", sample.counts.ports, ui),
      describeCount("atoms", sample.counts.atoms, ui),
      describeCount("ets", sample.counts.etsTables, ui),
    ].join("  "),
  ];
}

/** All kinds of memory on one line. */
export function drawMemory(sample: TopSample): string {
  return `memory ${MEMORY_KINDS.map((kind) => `${kind} ${formatSize(sample.memory[kind] ?? 0)}`).join("  ")}`;
}

/** How much of the node a sample has seen, where that is not all of it. */
export function describeCut({ sampling, counts }: TopSample): string | undefined {
  if (!sampling.cut) return undefined;
  const seen = `${formatCount(sampling.seen)} of ${formatCount(counts.processes.count)}`;
  return `cut: ${seen} processes were looked at in the time that the budget allows; the next samples look at the others`;
}

function describeCount(name: string, { count, limit }: { count: number; limit: number | null }, ui: Ui): string {
  if (limit === null) return `${name} ${formatCount(count)}`;
  const text = formatCount(count);
  return `${name} ${count > limit * MUCH ? ui.red(text) : text}/${formatCount(limit)}`;
}

function formatBytesRate(rate: number | null): string {
  return rate === null ? "-" : `${formatSize(rate)}/s`;
}
