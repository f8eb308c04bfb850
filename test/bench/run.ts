/**
 * Runs the benchmarks and writes `RESULTS.md` and `results.json`. `npm run bench -- codec` runs those whose names are
 * given; the results of the others stay as they are.
 */
import { benchCodec } from "./codec.ts";
import { benchKnitBuild } from "./knit-build.ts";
import { benchKnitUpgrade } from "./knit-upgrade.ts";
import { benchList } from "./list.ts";
import { type Comparison, formatComparison, writeReport } from "./report.ts";
import { benchScript } from "./script.ts";
import { benchStart } from "./start.ts";
import { benchStatus } from "./status.ts";
import { benchTop } from "./top.ts";
import { benchTrace } from "./trace.ts";
import { benchUpgrade } from "./upgrade.ts";

const BENCHMARKS: Readonly<Record<string, () => Promise<Comparison[]>>> = {
  status: benchStatus,
  start: benchStart,
  list: benchList,
  script: benchScript,
  "knit-build": benchKnitBuild,
  "knit-upgrade": benchKnitUpgrade,
  codec: benchCodec,
  trace: benchTrace,
  upgrade: benchUpgrade,
  top: benchTop,
};

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(BENCHMARKS);
const comparisons: Comparison[] = [];
for (const name of wanted) {
  const benchmark = BENCHMARKS[name];
  if (benchmark === undefined)
    throw new Error(`no benchmark "${name}": there are ${Object.keys(BENCHMARKS).join(", ")}`);
  for (const comparison of await benchmark()) {
    console.log(formatComparison(comparison));
    comparisons.push(comparison);
  }
}
await writeReport(comparisons);
