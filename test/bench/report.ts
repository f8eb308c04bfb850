import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { otpInstallations } from "../support/otp.ts";

/** One participant of a comparison. */
export interface Row {
  readonly name: string;
  /** In the unit of the comparison. */
  readonly median: number;
  /** Peak resident memory in MB, for whole processes. */
  readonly memory?: number;
}

/** Peers measured in the same run. The first row is ours. */
export interface Comparison {
  readonly title: string;
  /** What exactly was done, how often. */
  readonly how: string;
  readonly unit: "ms" | "MB/s" | "messages/s" | "messages" | "ns a call" | "% of a core";
  readonly rows: readonly Row[];
}

interface Report {
  readonly machine: string;
  readonly comparisons: readonly Comparison[];
}

/** Writes the comparisons as a page and as JSON beside this file, in place of those of the same title. */
export async function writeReport(comparisons: readonly Comparison[]): Promise<void> {
  const json = Bun.file(join(import.meta.dir, "results.json"));
  const before = (await json.exists()) ? ((await json.json()) as Report).comparisons : [];
  const fresh = new Map(comparisons.map((each) => [each.title, each]));
  const kept = before.map((each) => fresh.get(each.title) ?? each);
  const added = comparisons.filter((each) => !kept.includes(each));
  const all = [...kept, ...added];
  const machine = describeMachine();
  const report: Report = { machine, comparisons: all };
  await Bun.write(json, `${JSON.stringify(report, undefined, 2)}\n`);
  await Bun.write(join(import.meta.dir, "RESULTS.md"), page(machine, all));
}

export function formatComparison({ title, how, unit, rows }: Comparison): string {
  const ours = rows[0]?.median ?? Number.NaN;
  const withMemory = rows.some((row) => row.memory !== undefined);
  const lines = rows.map((row) => {
    const memory = withMemory ? ` ${row.memory === undefined ? "" : Math.round(row.memory)} |` : "";
    return `| ${row.name} | ${formatNumber(row.median)} | ${formatNumber(row.median / ours)} |${memory}`;
  });
  const head = withMemory
    ? `| | ${unit} | ratio | peak memory, MB |\n|---|--:|--:|--:|`
    : `| | ${unit} | ratio |\n|---|--:|--:|`;
  return `## ${title}\n\n${how}\n\n${head}\n${lines.join("\n")}\n`;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

function page(machine: string, comparisons: readonly Comparison[]): string {
  const intro =
    "# Benchmarks\n\nWritten by `npm run bench`. Medians; the peers ran in turn with ours (A B A B) on one machine:\n" +
    `${machine}. The ratio is that of a peer to ours.\n`;
  return `${intro}\n${comparisons.map(formatComparison).join("\n")}`;
}

function describeMachine(): string {
  const [cpu] = cpus();
  const otp = otpInstallations().map(({ major }) => major);
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpu?.model ?? "unknown processor"}, ${cpus().length} cores, ${memory} GiB; Bun ${Bun.version}, OTP ${otp.join(", ")}`;
}

function formatNumber(value: number): string {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}
