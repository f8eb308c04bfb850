import { basename } from "node:path";
import { version } from "../package.json" with { type: "json" };
import { BUILT_INS } from "../plugins/index.ts";
import { runHost } from "./host/index.ts";

const ending = await runHost({
  argv: process.argv.slice(2),
  program: basename(process.argv0) === "knit" ? "knit" : "enit",
  version,
  env: process.env,
  executable: process.execPath,
  builtIns: BUILT_INS,
  exit: (code) => process.exit(code),
});
if ("replaceBy" in ending) {
  const { path, argv, env } = ending.replaceBy;
  process.execve?.(path, [...argv], { ...env });
}
process.exit("exitCode" in ending ? ending.exitCode : 126);
