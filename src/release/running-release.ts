import { join } from "node:path";
import { atom, string, type Term } from "../term/index.ts";
import { withConfigValue } from "./cascade.ts";
import type { MergedConfig } from "./config-model.ts";
import { readNodeSettings } from "./node-settings.ts";
import { type Release, releaseStateDir } from "./release.ts";
import type { HostSettings } from "./settings.ts";

/** What is known of a release by its VM alone. */
export interface RunningFacts {
  readonly name: string;
  readonly version: string;
  /** `name@host` */
  readonly nodeName: string;
  readonly longNames: boolean;
  readonly cookie: string;
}

/**
 * Describes a release by what is known of its VM, for when its files cannot be read: good for talking to the node, and for
 * nothing else. It has no applications and no configuration but what the node is called, and its cookie.
 */
export function describeRunning(facts: RunningFacts, settings: HostSettings): Release {
  const { name, version, nodeName, longNames, cookie } = facts;
  const values: readonly (readonly [key: string, value: Term])[] = [
    ["nodename", string(nodeName)],
    ["long_names", atom(String(longNames))],
    ["cookie", string(cookie)],
  ];
  const config = values.reduce<MergedConfig>(
    (merged, [key, value]) => withConfigValue(merged, "node", key, value, { plugin: "vm" }),
    { sections: [], extensions: [], files: [] },
  );
  const hostDir = join(settings.hostDir, name);
  return {
    name,
    version,
    applications: [],
    extensions: [],
    definitionDir: join(settings.definitionDir, name),
    hostDir,
    stateDir: releaseStateDir(name, settings),
    config,
    node: readNodeSettings({ name, hostDir }, config, settings, []),
    packaged: undefined,
    warnings: [],
  };
}
