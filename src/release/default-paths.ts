import { homedir } from "node:os";
import { join } from "node:path";

/** Where everything lies on a host, unless told otherwise. */
export const SYSTEM_PATHS = {
  definitionDir: "/var/lib/enit",
  hostDir: "/etc/enit",
  stateDir: "/run/enit",
  pluginDir: "/usr/lib/enit/plugins",
} as const;

/**
 * Where the state of releases lies that a user without root privileges starts: `enit` in `XDG_STATE_HOME`, by default
 * `~/.local/state/enit`.
 *
 * Not `XDG_RUNTIME_DIR`: it is removed when the user logs out, which a release survives, and it is not set for cron
 * and the like, so that two starts of one release could miss each other.
 */
export function userStateDir(env: Readonly<Record<string, string | undefined>>): string {
  const stateHome = env["XDG_STATE_HOME"];
  // The XDG specification: a relative path is to be ignored.
  if (stateHome?.startsWith("/")) return join(stateHome, "enit");
  return join(env["HOME"] || homedir(), ".local/state/enit");
}
