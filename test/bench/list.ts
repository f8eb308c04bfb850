import { ENIT } from "../support/run-enit.ts";
import { openBenchHost } from "./bench-host.ts";
import { compareProcesses } from "./processes.ts";
import type { Comparison } from "./report.ts";

const RELEASES = 50;
const ROUNDS = 30;

/** `enit list` on a host with many releases, none of which runs. */
export async function benchList(): Promise<Comparison[]> {
  await using host = await openBenchHost();
  for (let i = 1; i <= RELEASES; i++) host.define(`release_${i}`);
  const rows = await compareProcesses(
    [
      { name: "`enit list`", command: [ENIT, "list"], env: host.env },
      { name: "`enit -v`", command: [ENIT, "-v"], env: host.env },
    ],
    ROUNDS,
  );
  const how = `Whole processes, ${ROUNDS} rounds. \`enit -v\` shows what a process of enit costs.`;
  return [{ title: `List of ${RELEASES} releases that do not run`, how, unit: "ms", rows }];
}
