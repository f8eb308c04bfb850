import type { Services } from "./services.ts";

const FLAGS = {
  definitionDir: "--definition-dir",
  hostDir: "--host-dir",
  stateDir: "--state-dir",
  otpRoot: "--otp-root",
  libDirs: "--lib-dir",
} as const;

/**
 * The flags of the directories that were named for this call, for a command line that is run later: it has neither the flags nor
 * the variables of this one. What stands in `enit.toml` or is a default is found again without.
 */
export function settingFlags(settings: Services["settings"]): string[] {
  return (Object.keys(FLAGS) as (keyof typeof FLAGS)[]).flatMap((name) => {
    const { kind } = settings.origins[name];
    if (kind !== "flag" && kind !== "variable") return [];
    return [settings[name] ?? []].flat().flatMap((path) => [FLAGS[name], path]);
  });
}
