import { basename } from "node:path";
import { version } from "../package.json";
import { BUILT_INS } from "../plugins/index.ts";
import { runHost, runVmTask } from "./host/index.ts";

const argv = process.argv.slice(2);
const exitCode =
  (await runVmTask(argv)) ??
  (await runHost({
    argv,
    program: basename(process.argv0) === "knit" ? "knit" : "enit",
    version,
    env: process.env,
    executable: process.execPath,
    builtIns: BUILT_INS,
    exit: (code) => process.exit(code),
  }));
process.exit(exitCode);
