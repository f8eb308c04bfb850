import { join } from "node:path";
import { type ConfigFile, readConfigFile } from "./config-file.ts";
import type { ConfigKey, ConfigOrigin, ConfigSection, ConfigValue, MergedConfig } from "./config-model.ts";
import type { Term } from "../term/index.ts";
import { listNames } from "./reading.ts";
import type { Warning } from "./warning.ts";

/**
 * Reads the cascade: all `*.config` of each directory in alphabetical order, the directories in the order given.
 *
 * Sections merge by application, keys by last writer, a value is replaced as a whole. Files whose names begin with a
 * dot do not belong to it. A directory that does not exist holds nothing.
 *
 * @throws EnitError `unreadable`, `config_syntax`, `config_invalid`.
 */
export function readCascade(directories: readonly string[], warnings: Warning[]): MergedConfig {
  const files = directories.flatMap((directory) => listConfigFiles(directory));
  return mergeConfigFiles(files.map((file) => readConfigFile(file, warnings)));
}

/** A configuration with a weaker one below it, which was written before. */
export function mergeConfigs(weak: MergedConfig, strong: MergedConfig): MergedConfig {
  const sections = new Map(weak.sections.map((section) => [section.application, section]));
  for (const section of strong.sections) {
    const below = sections.get(section.application);
    sections.set(section.application, below === undefined ? section : mergeSections(below, section));
  }
  return {
    sections: [...sections.values()],
    extensions: [...weak.extensions, ...strong.extensions],
    files: [...weak.files, ...strong.files],
  };
}

function mergeSections(weak: ConfigSection, strong: ConfigSection): ConfigSection {
  const keys = new Map(weak.keys.map((key) => [key.name, key]));
  for (const key of strong.keys) {
    const below = keys.get(key.name);
    const overridden = below === undefined ? [] : [...below.overridden, { value: below.value, origin: below.origin }];
    keys.set(key.name, { ...key, overridden: [...overridden, ...key.overridden] });
  }
  return { application: strong.application, keys: [...keys.values()], origins: [...weak.origins, ...strong.origins] };
}

/** Merges config files, later ones winning. */
export function mergeConfigFiles(files: readonly ConfigFile[]): MergedConfig {
  const sections = new Map<string, MergedSection>();
  for (const written of files.flatMap((file) => file.sections)) {
    const section: MergedSection = sections.get(written.application) ?? { keys: new Map(), origins: [] };
    sections.set(written.application, section);
    section.origins.push(written.origin);
    for (const { name, value, origin } of written.keys) {
      section.keys.set(name, override(section.keys.get(name), name, { value, origin }));
    }
  }
  return {
    sections: [...sections].map(([application, { keys, origins }]) => ({
      application,
      keys: [...keys.values()],
      origins,
    })),
    extensions: files.flatMap((file) => file.extensions),
    files: files.map(({ file }) => file),
  };
}

interface MergedSection {
  readonly keys: Map<string, ConfigKey>;
  readonly origins: ConfigOrigin[];
}

/** The config with one more writer of a key, stronger than all before it. */
export function withConfigValue(
  config: MergedConfig,
  application: string,
  key: string,
  value: Term,
  origin: ConfigOrigin,
): MergedConfig {
  const old = config.sections.find((section) => section.application === application);
  const keys = new Map(old?.keys.map((each) => [each.name, each]));
  keys.set(key, override(keys.get(key), key, { value, origin }));
  const section: ConfigSection = { application, keys: [...keys.values()], origins: old?.origins ?? [origin] };
  const sections =
    old === undefined ? [...config.sections, section] : config.sections.map((each) => (each === old ? section : each));
  return { ...config, sections };
}

function override(old: ConfigKey | undefined, name: string, { value, origin }: ConfigValue): ConfigKey {
  const overridden = old === undefined ? [] : [...old.overridden, { value: old.value, origin: old.origin }];
  return { name, value, origin, overridden };
}

/** The files of a directory that belong to the cascade. @throws EnitError `unreadable`. */
export function listConfigFiles(directory: string): string[] {
  return listNames(directory)
    .filter((name) => name.endsWith(".config") && !name.startsWith("."))
    .map((name) => join(directory, name));
}
