import { basename } from "node:path";
import { version } from "../package.json";
import { BUILT_INS } from "../plugins/index.ts";
import { runHost } from "./host/index.ts";

const exitCode = await runHost({
  argv: process.argv.slice(2),
  program: basename(process.argv0) === "knit" ? "knit" : "enit",
  version,
  env: process.env,
  executable: process.execPath,
  builtIns: BUILT_INS,
  exit: (code) => process.exit(code),
  execute: ({ path, argv, env }) => {
    if (process.execve === undefined) throw new Error("this system cannot");
    return process.execve(path, [...argv], { ...env });
  },
});
process.exit(exitCode);
