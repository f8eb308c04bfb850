import { formatUptime, type TopSample, type Ui } from "../../src/contract/index.ts";
import { describeProcess } from "./columns.ts";
import { describeCut, drawMemory } from "./header.ts";
import { formatCount, formatRate, formatSize } from "./units.ts";

/** Draws one sample whole, with tables as wide as they are. */
export function renderSample(sample: TopSample, ui: Ui): string {
  const { counts, rates, utilization } = sample;
  const cut = describeCut(sample);
  const processes = sample.processes.map((process) => [
    process.pid,
    describeProcess(process),
    formatRate(process.reductionRate),
    formatSize(process.memory),
    formatCount(process.queue),
    process.application ?? "-",
    process.currentFunction ?? "-",
  ]);
  const applications = sample.applications.map((application) => [
    application.name,
    application.version,
    formatCount(application.processes),
    formatRate(application.reductionRate),
    formatSize(application.memory),
    formatCount(application.queue),
  ]);
  return [
    ui.fields([
      ["Node", sample.node],
      ["OTP", sample.otp],
      ["Uptime", formatUptime(sample.uptimeSeconds)],
      ["Run queue", formatCount(sample.runQueue + sample.dirtyRunQueue)],
      ["Schedulers", `${sample.schedulers}${utilization === null ? "" : `, ${Math.round(utilization * 100)}% busy`}`],
      ["Reductions", `${formatRate(rates.reductions)}/s`],
      ["Processes", formatCount(counts.processes.count)],
      ["Ports", formatCount(counts.ports.count)],
      ["Atoms", formatCount(counts.atoms.count)],
      ["ETS tables", formatCount(counts.etsTables.count)],
    ]),
    drawMemory(sample),
    ...(cut === undefined ? [] : [cut]),
    "",
    ui.table(processes, ["PID", "NAME", "REDS/S", "MEMORY", "QUEUE", "APPLICATION", "CURRENT FUNCTION"]),
    "",
    ui.table(applications, ["APPLICATION", "VERSION", "PROCESSES", "REDS/S", "MEMORY", "QUEUE"]),
  ].join("\n");
}
