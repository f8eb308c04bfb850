import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { EnitError, describeSystemError, systemCode } from "../../error/index.ts";
import { readManifest } from "./manifest.ts";
import { PLUGIN_NAME, type PluginSource, type RefusedSource, pluginError } from "./source.ts";
import { explainCodeDistrust, explainDistrust } from "./trust.ts";

/** A directory that may hold plugins. */
export interface PluginDirectory {
  readonly path: string;
  /** What `enit plugin list` calls it. */
  readonly origin: string;
}

/**
 * Finds the plugins of a directory, in alphabetical order: `NAME.ts` and `NAME.js` files, and folders with a `plugin.toml`.
 *
 * No code is loaded. A directory that does not exist, or cannot be read, holds none. With `trust`, what someone other than root could have
 * written is refused.
 */
export async function discoverPlugins(
  directory: PluginDirectory,
  options: { readonly trust: boolean },
): Promise<readonly (PluginSource | RefusedSource)[]> {
  const found: (PluginSource | RefusedSource)[] = [];
  for (const entry of listDirectory(directory.path)) {
    const path = join(directory.path, entry);
    const name = /^([^.]+)\.(ts|js)$/.exec(entry)?.[1];
    if (name !== undefined) found.push(fileSource(name, path, directory.origin, options.trust));
    else if (hasManifest(path)) found.push(await folderSource(entry, path, directory.origin, options.trust));
  }
  return found;
}

/** Tells what was refused from what can be used. */
export function isRefused(source: PluginSource | RefusedSource): source is RefusedSource {
  return "error" in source;
}

/** Also in a folder that may not be looked into, which says so when it is read. */
function hasManifest(folder: string): boolean {
  try {
    return statSync(join(folder, "plugin.toml"), { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return systemCode(error) !== "ENOTDIR";
  }
}

/** None if it cannot be read, which `explainUnusable` says. */
function listDirectory(path: string): string[] {
  try {
    return readdirSync(path).sort();
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return [];
  }
}

function fileSource(name: string, file: string, origin: string, trust: boolean): PluginSource | RefusedSource {
  const facts = { name, version: undefined, origin, file, provides: undefined };
  try {
    checkName(name, file);
    if (trust) refuse(facts, explainCodeDistrust(file));
    return { ...facts, load: () => import(file) };
  } catch (error) {
    return { ...facts, error: asPluginError(facts, error) };
  }
}

async function folderSource(
  name: string,
  folder: string,
  origin: string,
  trust: boolean,
): Promise<PluginSource | RefusedSource> {
  const file = join(folder, "plugin.toml");
  const facts = { name, version: undefined, origin, file, provides: undefined };
  try {
    checkName(name, file);
    if (trust) refuse(facts, explainDistrust(file));
    const { version, provides, entry } = await readManifest(file, name);
    const known = { name, version, origin, file: entry, provides };
    try {
      if (trust) refuse(known, explainDistrust(entry));
      return {
        ...known,
        load: () => {
          if (trust) refuse(known, explainCodeDistrust(entry));
          return import(entry);
        },
      };
    } catch (error) {
      return { ...known, error: asPluginError(known, error) };
    }
  } catch (error) {
    return { ...facts, error: asPluginError(facts, error) };
  }
}

function checkName(name: string, file: string): void {
  if (!PLUGIN_NAME.test(name)) throw pluginError({ name, file }, "its name must be a lower-case word", { key: "name" });
}

function refuse(source: { name: string; file: string }, reason: string | undefined): void {
  if (reason === undefined) return;
  throw pluginError(source, reason, {
    code: "plugin_untrusted",
    hint: "As root, enit loads only what nobody but root can write, all directories above it included.",
  });
}

/** Errors of the file system and of TOML do not name the plugin; those of ours do. */
function asPluginError(source: { name: string; file: string }, error: unknown): EnitError {
  if (error instanceof EnitError && error.code.startsWith("plugin_")) return error;
  return pluginError(source, describeSystemError(error), {
    code: "plugin_unreadable",
    hint: error instanceof EnitError ? error.hint : undefined,
    cause: error,
  });
}
