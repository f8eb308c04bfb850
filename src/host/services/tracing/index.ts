import type { TracingService } from "../../../contract/index.ts";
import type { ServiceBase } from "../index.ts";
import { traceDuring } from "./during.ts";
import { startTrace } from "./start.ts";

/** Makes the service that traces what running releases do. */
export function makeTracingService(base: ServiceBase): TracingService {
  return {
    start: (release, patterns, options = {}) => startTrace(release, patterns, options),
    during: (release, patterns, work) => traceDuring(base, release, patterns, work),
  };
}
