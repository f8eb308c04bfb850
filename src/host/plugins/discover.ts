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

export interface DiscoverOptions {
  /** Whether to refuse what someone other than root could have written. */
  readonly trust: boolean;
  /** Is told of a directory that cannot be read, and of one that somebody has named and that is none. */
  readonly warn: (message: string) => void;
}

/**
 * Finds the plugins of a directory, in alphabetical order: `NAME.ts` and `NAME.js` files, and folders with a `plugin.toml`.
 *
 * No code is loaded. A directory that does not exist, or cannot be read, holds none.
 */
export async function discoverPlugins(
  directory: PluginDirectory,
  options: DiscoverOptions,
): Promise<readonly (PluginSource | RefusedSource)[]> {
  const found: (PluginSource | RefusedSource)[] = [];
  for (const entry of listDirectory(directory, options.warn)) {
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

/** Origins of directories that somebody has named; the standard ones need not exist. */
const NAMED: ReadonlySet<string> = new Set(["--plugin-dir", "ENIT_PLUGIN_PATH", "enit.toml"]);

function listDirectory({ path, origin }: PluginDirectory, warn: DiscoverOptions["warn"]): string[] {
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return readdirSync(path).sort();
    if (NAMED.has(origin)) warn(`there is no directory "${path}" to look for plugins in (${origin})`);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    warn(`cannot look for plugins in "${path}" (${origin}): ${describeSystemError(error)}`);
  }
  return [];
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
