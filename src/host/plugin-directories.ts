import { dirname, join, resolve } from "node:path";
import type { HostSettings } from "../release/index.ts";
import type { PluginDirectory } from "./plugins/index.ts";

/** The directories that hold plugins, in the order of loading, each with what `enit plugin list` calls it. */
export function pluginDirectories(
  settings: HostSettings,
  facts: {
    readonly executable: string;
    readonly flags: readonly string[];
    readonly env: Readonly<Record<string, string | undefined>>;
  },
): readonly PluginDirectory[] {
  const origins = new Map([[join(settings.hostDir, "plugins"), "host"]]);
  for (const path of (facts.env["ENIT_PLUGIN_PATH"] ?? "").split(":")) origins.set(resolve(path), "ENIT_PLUGIN_PATH");
  for (const path of facts.flags) origins.set(resolve(path), "--plugin-dir");
  const [system, ...others] = settings.pluginDirs;
  const beside = join(dirname(facts.executable), "plugins");
  return [
    { path: beside, origin: "beside the binary" },
    ...(system === undefined ? [] : [{ path: system, origin: "system" }]),
    ...others.filter((path) => path !== beside).map((path) => ({ path, origin: origins.get(path) ?? "enit.toml" })),
  ];
}
