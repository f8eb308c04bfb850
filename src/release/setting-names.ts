import type { SourcePosition } from "../error/index.ts";
import { formatPlace } from "./warning.ts";

/** How each setting is spelt: as a flag, as a variable, as a key of `enit.toml`. The flag is the strongest. */
export const SETTINGS = {
  definitionDir: { flag: "definition-dir", variable: "ENIT_DEFINITION_DIR", key: "definition_dir" },
  hostDir: { flag: "host-dir", variable: "ENIT_HOST_DIR", key: "host_dir" },
  stateDir: { flag: "state-dir", variable: "ENIT_STATE_DIR", key: "state_dir" },
  pluginDirs: { flag: "plugin-dir", variable: "ENIT_PLUGIN_PATH", key: "plugin_dirs" },
  otpRoot: { flag: "otp-root", variable: "ENIT_OTP_ROOT", key: "otp_root" },
  libDirs: { flag: "lib-dir", variable: "ENIT_LIB_DIRS", key: "lib_dirs" },
  startRetries: { flag: "start-retries", variable: "ENIT_START_RETRIES", key: "start_retries" },
  startDelay: { flag: "start-delay", variable: "ENIT_START_DELAY", key: "start_delay" },
  stopTimeout: { flag: "stop-timeout", variable: "ENIT_STOP_TIMEOUT", key: "stop_timeout" },
} as const;

export type SettingName = keyof typeof SETTINGS;

/** Values of flags; a list is one of a flag that may be given several times. Relative paths start at `cwd`. */
export type SettingFlags = {
  readonly [Name in SettingName | "root" | "settings"]?: string | readonly string[] | undefined;
};

/** Where the value of a setting comes from. */
export type SettingOrigin =
  | { readonly kind: "flag"; readonly flag: string }
  | { readonly kind: "variable"; readonly variable: string }
  | { readonly kind: "file"; readonly position: SourcePosition }
  | { readonly kind: "default" };

/** Says in words where a setting comes from: `--state-dir`, `ENIT_STATE_DIR`, `/etc/enit/enit.toml:3:1`, `default`. */
export function describeOrigin(origin: SettingOrigin): string {
  switch (origin.kind) {
    case "flag":
      return `--${origin.flag}`;
    case "variable":
      return origin.variable;
    case "file":
      return formatPlace(origin.position);
    case "default":
      return "default";
  }
}
