import type { AppupOptions, AppupPreview } from "../../../contract/index.ts";
import { previewAppups } from "../../../knit/index.ts";
import { findOtp } from "../../../otp/index.ts";
import type { ServiceBase } from "../index.ts";

/** Makes appups, which plugins may change as in a build. */
export function appups(
  { settings, signal, plugins, hooks }: ServiceBase,
  older: string,
  newer: string,
  options: AppupOptions,
): Promise<AppupPreview> {
  return previewAppups({
    older,
    newer,
    behaviours: new Map(options.behaviours),
    otpRelease: findOtp({ root: settings.otpRoot }).release,
    signal,
    change: plugins.hasHook("upgrade:appup")
      ? (instructions, facts) => hooks.waterfall("upgrade:appup", instructions, facts)
      : undefined,
  });
}
