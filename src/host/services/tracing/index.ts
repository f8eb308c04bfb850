import type { TracingService } from "../../../contract/index.ts";
import { startTrace } from "./start.ts";

/** Makes the service that traces what running releases do. */
export function makeTracingService(): TracingService {
  return { start: (release, patterns, options = {}) => startTrace(release, patterns, options) };
}
