import { EnitError } from "../error/index.ts";
import type { Term } from "../term/index.ts";
import { configKey, configSection } from "./config-model.ts";
import type { ConfigKey, MergedConfig } from "./config-model.ts";
import { hintForUnknown } from "./unknown-name.ts";
import { type Warning, formatOrigin } from "./warning.ts";

/** The keys of the section `node`. */
const NODE_KEYS = [
  "cookie",
  "nodename",
  "long_names",
  "run_as_user",
  "run_as_group",
  "smp",
  "hidden",
  "connect_all",
  "tls",
  "dist_port",
  "epmd",
  "start_retries",
  "start_delay",
  "stop_timeout",
  "otp_root",
  "lib_dirs",
  "vm_args",
  "env",
  "keep_code",
  "root",
] as const;
export type NodeKey = (typeof NODE_KEYS)[number];

/** The section `node` of a configuration, with its errors and warnings. */
export class NodeSection {
  private readonly config: MergedConfig;
  private readonly warnings: Warning[];

  constructor(config: MergedConfig, warnings: Warning[]) {
    this.config = config;
    this.warnings = warnings;
  }

  /** A key, if it is there. */
  entry(key: NodeKey): ConfigKey | undefined {
    return configKey(this.config, "node", key);
  }

  /**
   * The value of a key, if it is there.
   *
   * @param read gives `undefined` for a value that is not what is expected.
   * @param expected what the value must be, in words.
   * @throws EnitError `invalid_node_setting`.
   */
  read<T>(key: NodeKey, read: (value: Term, entry: ConfigKey) => T | undefined, expected: string): T | undefined {
    const entry = this.entry(key);
    if (entry === undefined) return undefined;
    const value = read(entry.value, entry);
    if (value === undefined) throw invalidNodeSetting(entry, `node ${key} must be ${expected}`);
    return value;
  }

  /** Notes something about a key that is probably a mistake. */
  warn(code: string, { origin }: ConfigKey, state: string, hint: string): void {
    const message = `${formatOrigin(origin)}: ${state}`;
    this.warnings.push({ code, message, hint, ...("plugin" in origin ? {} : { position: origin }) });
  }

  warnOfUnknownKeys(): void {
    const known: readonly string[] = NODE_KEYS;
    for (const entry of configSection(this.config, "node")?.keys ?? []) {
      if (known.includes(entry.name)) continue;
      const state = `"${entry.name}" is no key of the section node`;
      this.warn("unknown_node_setting", entry, state, hintForUnknown(entry.name, known));
    }
  }
}

/** The error of a key whose value cannot be used. The value itself is not shown: it may be secret. */
export function invalidNodeSetting({ name, origin }: ConfigKey, state: string): EnitError {
  const message = `cannot use "${formatOrigin(origin)}": ${state}`;
  return new EnitError("invalid_node_setting", message, { kind: "input", data: { key: name, ...origin } });
}
