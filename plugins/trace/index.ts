import { definePlugin } from "../../src/contract/index.ts";
import { trace } from "./trace.ts";
import { tracefile } from "./tracefile.ts";
import { traceip } from "./traceip.ts";

export default definePlugin({ name: "trace", api: 1, commands: { trace, traceip, tracefile } });
