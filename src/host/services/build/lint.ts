import type { LintOptions, LintReport } from "../../../contract/index.ts";
import { lintReleases, parseIgnored } from "../../../knit/index.ts";
import { findOtp } from "../../../otp/index.ts";
import type { ServiceBase } from "../index.ts";

/** Looks for what would hurt in an upgrade between two releases. */
export function lint(
  { settings, signal }: ServiceBase,
  older: string,
  newer: string,
  options: LintOptions,
): Promise<LintReport> {
  return lintReleases({
    older,
    newer,
    behaviours: new Map(options.behaviours),
    ignored: (options.ignore ?? []).map(parseIgnored),
    otp: findOtp({ root: settings.otpRoot }),
    signal,
  });
}
