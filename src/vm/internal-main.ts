/** What `enit __vm` is while enit runs from its sources. */
import { runInternal } from "./internal.ts";

process.exitCode = await runInternal(process.argv.slice(2));
