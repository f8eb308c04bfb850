import type { ConfigEntry, ConfigSection, ReleaseFacts, ReleaseLoadOptions } from "../../../contract/index.ts";
import type { Environment, MergedConfig, PackagedVersion, Release } from "../../../release/index.ts";
import { EnitError } from "../../../error/index.ts";
import {
  describeRunning,
  findReleaseName,
  loadRelease,
  releaseStateDir,
  withConfigValue,
} from "../../../release/index.ts";
import type { ServiceBase } from "../index.ts";

/** Reads a release as `ReleaseService.load` does, by the hooks `config:resolve`; a packaged one in the version that it starts, or another. */
export async function load(
  base: ServiceBase,
  text: string,
  options: ReleaseLoadOptions,
  packagedVersion?: PackagedVersion,
): Promise<Release> {
  const { settings, log } = base;
  const name = findReleaseName(text, settings, { match: options.match ?? false });
  const loading = loadRelease(name, settings, {
    resolveConfig: (config, facts) => resolveConfig(base, config, facts),
    ...(options.anew ? {} : { environment: runningEnvironment }),
    keepUnset: options.toLookAt ?? options.orRunning ?? false,
    needsNoCookie: options.toLookAt,
    ...(packagedVersion === undefined ? {} : { packagedVersion }),
  });
  const release = await (options.orRunning
    ? loading.catch((error: unknown) => useRunning(base, name, error))
    : loading);
  for (const { message, hint } of release.warnings) {
    log.warn(hint === undefined ? `${message}.` : `${message}. ${hint}`);
  }
  return release;
}

/** What is known of the VM of a release, in place of its files. Throws the error that they gave if there is none. */
async function useRunning({ settings, log }: ServiceBase, name: string, error: unknown): Promise<Release> {
  if (!(error instanceof EnitError)) throw error;
  const { findRunningVm, readVmCookie } = await import("../../../vm/index.ts");
  const stateDir = releaseStateDir(name, settings);
  const vm = findRunningVm(stateDir);
  const cookie = vm && readVmCookie(stateDir);
  if (vm === undefined || cookie === undefined) throw error;
  log.warn(`${error.message}. Using what its VM was started with.`);
  const { version, node: nodeName, longNames } = vm;
  return describeRunning({ name, version, nodeName, longNames, cookie }, settings);
}

/** A release that runs is configured by the variables that its VM was started with, whoever asks. */
export async function runningEnvironment(stateDir: string): Promise<Environment | undefined> {
  return (await import("../../../vm/index.ts")).readRunningEnvironment(stateDir);
}

/** Hands the merged configuration through the hooks `config:resolve`. */
export async function resolveConfig(
  { hooks }: ServiceBase,
  config: MergedConfig,
  release: ReleaseFacts,
): Promise<MergedConfig> {
  const sections = config.sections.map(toHookSection);
  let merged = config;
  await hooks.waterfall("config:resolve", sections, { release }, (plugin, resolved) => {
    merged = merge(merged, resolved, { plugin });
  });
  return merged;
}

function toHookSection({ application, keys }: MergedConfig["sections"][number]): ConfigSection {
  return {
    application,
    entries: keys.map(({ name, value, origin }): ConfigEntry => ({
      key: name,
      value,
      ...("plugin" in origin ? {} : { origin }),
    })),
  };
}

/** What a plugin left as it was keeps its origin; what it changed has it as its last writer. */
function merge(
  config: MergedConfig,
  resolved: readonly ConfigSection[],
  origin: { readonly plugin: string },
): MergedConfig {
  let merged: MergedConfig = { ...config, sections: config.sections.flatMap((section) => kept(section, resolved)) };
  for (const { application, entries } of resolved) {
    for (const { key, value } of entries) {
      const old = merged.sections.find((section) => section.application === application);
      if (old?.keys.find(({ name }) => name === key)?.value !== value) {
        merged = withConfigValue(merged, application, key, value, origin);
      }
    }
  }
  return merged;
}

function kept(
  section: MergedConfig["sections"][number],
  resolved: readonly ConfigSection[],
): MergedConfig["sections"][number][] {
  // Plugins may add a section of an application that has one already.
  const sections = resolved.filter(({ application }) => application === section.application);
  if (sections.length === 0) return [];
  const names = new Set(sections.flatMap(({ entries }) => entries.map(({ key }) => key)));
  return [{ ...section, keys: section.keys.filter(({ name }) => names.has(name)) }];
}
